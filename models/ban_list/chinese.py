"""Chinese names in other romanisations: the pinyin that a syllable may be.

Surnames as Cantonese and Hokkien or Teochew speakers write them abroad, Indonesia included, and
syllables of given names as Hong Kong writes them. Wade-Giles needs no table: folding does it.
"""

#: By pinyin.
_SURNAMES = """
wang: wong ong heng bong; li: lee lie lei; zhang: cheung teo tjong thio
chong tio; liu: lau lauw low liew lao; chen: chan tan chin tjen tjhin;
yang: yeung njoo yeo yong; huang: wong oei ng ooi oey wee uy bong; zhao:
chiu tio chao teo; wu: ng gouw goh go oh; zhou: chow tjioe chew tjiu
chiu jo; xu: tsui tjhie kho hui koh khouw chee chi; sun: suen soen sng;
ma: bee beh mah; zhu: chu tjoe choo; hu: wu ouw oh foo ow; guo: kwok
kwee quek kuok koay; he: ho hoo; lin: lam lim liem; luo: lo law loh lou;
gao: ko kou; zheng: cheng tee te tay the; liang: leung nio neo leong
niu; xie: tse tjia chia tjhia cheah; song: sung soong; tang: tong teng
thng tng; deng: tang teng theng; feng: fung pang; han: hon; cao: cho tso
chaw; zeng: tsang tjan chan tseng; peng: pang phe; xiao: siu siauw seow
siaw; cai: choi tjoa chua tjhoa chai; pan: poon phoa phua pua; tian: tin
tjan tien; ye: yip yap jap iap; cheng: ching thia tia; su: so souw soh;
lu: lo louw loo loh; dong: tung; yuan: yuen oan; jiang: kong kiang keung
chiang; shen: shum sim sum; jin: kam kim; wei: ngai goei gui; fan: faan
hoan; du: to toh; dai: tai te; xia: ha he; zhong: chung tjung; wan: man
ban; qiu: yau khoe khu hiew; ding: ting; shi: sze see si; ruan: yuen
nguyen oen; yu: yue ie; fu: foo poh; fang: fong png; hong: hung ang;
zhuang: chong chng; kang: hong khng; mo: mok
"""
#: By how Hong Kong writes it.
_GIVEN = """
ka: jia; fai: hui; wai: wei hui; ming: ming; mei: mei; ling: ling; chi:
zhi ci zi; keung: qiang; kwok: guo; wah: hua; man: wen min; siu: xiao
shao; kin: jian; suk: shu; chun: zhen jun chun; wing: yong rong; hong:
kang hong; yin: yan xian; kwong: guang; kit: jie; hung: xiong hong;
kwan: jun kun; lai: li; yuk: yu; sau: xiu; fong: fang; fung: feng; ping:
ping; tak: de; yee: yi; yan: en ren xin; sze: si shi; kei: qi ji; lok:
le; hoi: hai kai; tung: dong tong; chung: zhong cong; shing: cheng
sheng; ying: ying; lan: lan; king: jing qing; ching: qing jing; wan: yun
wen; kam: jin; choi: cai; pui: pei; hing: xing qing; cheung: chang xiang
zhang; yiu: yao; hin: xian; lun: lun
"""


def _table(text: str) -> dict[str, list[str]]:
    lines = (entry.split(":") for entry in text.split(";"))
    return {one.strip(): others.split() for one, others in lines}


def _syllables() -> dict[str, frozenset[str]]:
    found = {one: set(pinyins) for one, pinyins in _table(_GIVEN).items()}
    for pinyin, others in _table(_SURNAMES).items():
        for one in (pinyin, *others):
            found.setdefault(one, set()).add(pinyin)
    return {one: frozenset(pinyins) for one, pinyins in found.items()}


_READINGS = _syllables()


def readings(plain: str) -> frozenset[str]:
    """The pinyin that a part of a name may be; none if no table has it."""
    return _READINGS.get(plain, frozenset())
