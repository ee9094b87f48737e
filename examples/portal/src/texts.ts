// What the portal says, in English and Indonesian.

import { label, type Labelled, type Language } from "@gerbang/client";
import { createContext, use } from "react";

export const texts = {
  portal: ["Visa portal", "Portal visa"],
  signIn: ["Sign in", "Masuk"],
  signOut: ["Sign out", "Keluar"],
  loading: ["Loading …", "Memuat …"],
  elsewhere: ["Your role works in the dashboard.", "Peran Anda bekerja di dasbor."],
  more: ["More", "Berikutnya"],
  choose: ["Choose …", "Pilih …"],
  none: ["Nothing here yet.", "Belum ada apa-apa di sini."],
  days: ["days", "hari"],
  wrong: ["Please look at the marked fields.", "Mohon periksa isian yang ditandai."],

  eligibility: ["Which visa?", "Visa yang mana?"],
  eligibilityLead: [
    "Say who travels, and why. No account is needed.",
    "Sebutkan siapa yang bepergian dan untuk apa. Tidak perlu akun.",
  ],
  noVisa: ["No visa fits. Try another purpose.", "Tidak ada visa yang cocok. Coba tujuan lain."],
  stay: ["Stay", "Lama tinggal"],
  fee: ["Fee", "Biaya"],
  validity: ["Validity", "Masa berlaku"],
  target: ["Decided within", "Diputuskan dalam"],
  hours: ["hours", "jam"],
  workingDays: ["working days", "hari kerja"],
  bring: ["Bring", "Siapkan"],

  track: ["Track my file", "Cek status permohonan"],
  trackLead: [
    "Say which file it is, and whose passport. No account is needed.",
    "Isi nomor referensi serta paspor dan tanggal lahir pemohon. Tidak perlu akun.",
  ],
  trackIt: ["Track", "Cek status"],
  referenceNumber: ["Reference", "Nomor referensi"],
  issuingState: ["Passport issued by", "Negara penerbit paspor"],
  expected: ["Expected by", "Perkiraan selesai"],
  trackedUnpaid: [
    "The day is set once the fee is paid.",
    "Tanggal ditetapkan setelah biaya dibayar.",
  ],
  trackedLate: [
    "It takes longer than planned; it is still being worked on.",
    "Prosesnya lebih lama daripada yang direncanakan; permohonan masih dikerjakan.",
  ],
  trackedAsked: [
    "The fee is still to be paid, or something to be completed. Ask where it was handed in.",
    "Masih menunggu pembayaran biaya atau kelengkapan dari pemohon. Tanyakan di tempat permohonan diajukan.",
  ],
  trackedClosed: [
    "It is closed. The outcome is told where it was handed in, and not here.",
    "Permohonan sudah selesai. Hasilnya disampaikan di tempat permohonan diajukan, tidak di sini.",
  ],
  trackedNothing: [
    "No file was found with this reference, passport and date of birth. Please check each of them. A file that was closed more than 30 days ago is no longer shown.",
    "Tidak ditemukan permohonan dengan nomor referensi, paspor, dan tanggal lahir tersebut. Mohon periksa setiap isian. Permohonan yang selesai lebih dari 30 hari yang lalu tidak ditampilkan lagi.",
  ],
  trackedTooOften: [
    "Too many tries for this file, or from your network. Try again in",
    "Terlalu banyak percobaan untuk permohonan ini atau dari jaringan Anda. Silakan coba lagi dalam",
  ],

  decision: ["Open a decision", "Buka keputusan"],
  decisionLead: [
    "With the code of our newest mail about it. No account is needed.",
    "Gunakan kode dari surel terbaru kami tentang permohonan ini. Tidak perlu akun.",
  ],
  mailedCode: ["Code from the mail", "Kode dari surel"],
  openDecision: ["Open", "Buka"],
  takenBack: ["The visa was taken back and serves no more.", "Visa telah dicabut dan tidak berlaku lagi."],
  decisionNothing: [
    "No decision was found with this reference, passport and code. Please check each of them. A code opens for 30 days, until a newer mail comes.",
    "Tidak ditemukan keputusan dengan nomor referensi, paspor, dan kode tersebut. Mohon periksa setiap isian. Kode berlaku 30 hari atau sampai ada surel yang lebih baru.",
  ],

  claim: ["Follow a file", "Pantau permohonan"],
  claimLead: [
    "For a file that a partner handed in for you. We mail a code to the address in the file; with it you follow the file here.",
    "Untuk permohonan yang diajukan mitra atas nama Anda. Kami mengirim kode ke alamat surel dalam permohonan; dengan kode itu Anda dapat memantaunya di sini.",
  ],
  sendCode: ["Send me a code", "Kirim kode"],
  codeSent: [
    "If there is such a file, a code is on its way to the address in it. It is valid for 24 hours.",
    "Jika permohonan tersebut ada, kode sedang dikirim ke alamat surel di dalamnya. Kode berlaku 24 jam.",
  ],
  claimIt: ["Follow it", "Pantau"],
  claimedFile: ["A file that you follow", "Permohonan yang Anda pantau"],
  claimNothing: [
    "No file was found with this reference, passport and code. Please check each of them.",
    "Tidak ditemukan permohonan dengan nomor referensi, paspor, dan kode tersebut. Mohon periksa setiap isian.",
  ],

  nationality: ["Nationality", "Kewarganegaraan"],
  purpose: ["Purpose", "Tujuan"],
  visaType: ["Visa", "Visa"],
  entryOn: ["Day of entry", "Tanggal masuk"],
  fullName: ["Full name", "Nama lengkap"],
  passportNumber: ["Passport number", "Nomor paspor"],
  passportExpiresOn: ["Passport expires", "Paspor berlaku sampai"],
  birthDate: ["Date of birth", "Tanggal lahir"],
  email: ["E-mail", "Surel"],
  phone: ["Telephone", "Telepon"],

  guardian: ["Who accompanies the minor", "Pendamping anak"],
  guardianName: ["Name of the guardian", "Nama wali"],
  guardianRelation: ["What that is to the minor", "Hubungan dengan anak"],
  guardianPhone: ["Telephone of the guardian", "Telepon wali"],
  guardianConsents: ["The guardian consents to the trip", "Wali menyetujui perjalanan ini"],
  groupConsents: [
    "An adult of the group accompanies the minor, and the guardian consents",
    "Anak didampingi orang dewasa dari rombongan, dan wali menyetujui perjalanan ini",
  ],
  guarantor: ["Who answers for you in Indonesia", "Penjamin di Indonesia"],
  guarantorKind: ["Guarantor", "Jenis penjamin"],
  guarantorName: ["Name of the guarantor", "Nama penjamin"],
  nik: ["Population number (NIK)", "Nomor induk kependudukan (NIK)"],
  nib: ["Business number (NIB)", "Nomor induk berusaha (NIB)"],

  apply: ["Apply", "Ajukan permohonan"],
  applyLead: [
    "As in your passport. All mistakes are shown at once.",
    "Seperti di paspor Anda. Semua kesalahan ditunjukkan sekaligus.",
  ],
  handIn: ["Hand in", "Ajukan"],
  mine: ["My applications", "Permohonan saya"],
  mineLead: [
    "What happens shows here by itself.",
    "Apa yang terjadi tampil di sini dengan sendirinya.",
  ],
  pay: ["To pay", "Yang harus dibayar"],
  payCode: ["Billing code", "Kode tagihan"],
  payBy: ["by", "sebelum"],
  together: ["for all of the group together", "untuk seluruh rombongan sekaligus"],
  codeLapsed: ["The billing code has lapsed.", "Masa berlaku kode tagihan telah habis."],
  paymentGone: ["The bank took the payment back.", "Pembayaran telah ditarik kembali oleh bank."],
  newCode: ["Get a new billing code", "Minta kode tagihan baru"],
  paid: ["Paid", "Dibayar"],
  asked: ["You are asked for", "Anda diminta melengkapi"],
  answer: ["I have handed it in", "Sudah saya serahkan"],
  handInAnswers: ["Hand in the answers", "Serahkan jawaban"],
  intended: [
    "Your application is to be refused on these grounds. You may answer once, and hand in documents before;",
    "Permohonan Anda akan ditolak dengan alasan berikut. Anda dapat menanggapi satu kali, dan menyerahkan dokumen sebelumnya;",
  ],
  announce: ["Announce the refusal", "Beritahukan rencana penolakan"],
  yourAnswer: ["What you have to say", "Tanggapan Anda"],
  answerOnce: ["Answer, once", "Kirim tanggapan (satu kali)"],
  answered: ["Show what I answered", "Tampilkan jawaban saya"],
  answeredNote: ["You see in your data who read it.", "Di data Anda terlihat siapa yang membacanya."],
  askedOfThem: ["The applicant is asked for", "Pemohon diminta melengkapi"],
  documents: ["Documents", "Dokumen"],
  there: ["There since", "Sudah ada sejak"],
  missing: ["Missing", "Belum ada"],
  registered: ["In your own store", "Di penyimpanan Anda sendiri"],
  changed: ["Not what was registered first", "Berbeda dari yang pertama didaftarkan"],
  beingScanned: ["Sent, being scanned", "Terkirim, sedang dipindai"],
  scannerRefused: [
    "Refused: a scanner found something harmful in it. Send another file.",
    "Ditolak: pemindai menemukan program berbahaya di dalamnya. Kirim berkas lain.",
  ],
  sending: ["Being sent", "Sedang dikirim"],
  cutOff: ["The line was cut too often. Choose the file again.", "Sambungan terlalu sering terputus. Pilih berkasnya lagi."],

  complaints: ["Complaints", "Pengaduan"],
  complaintsLead: [
    "An auditor reads it first. Whoever it is about learns nothing of it. You are answered within five working days.",
    "Auditor membacanya lebih dulu. Yang diadukan tidak mengetahuinya. Anda dijawab dalam lima hari kerja.",
  ],
  complainAbout: ["About", "Tentang"],
  aboutDirectorate: ["The directorate", "Direktorat"],
  complaint: ["What you complain of", "Isi pengaduan"],
  complain: ["Complain", "Adukan"],
  waits: ["Waits for an answer", "Menunggu jawaban"],
  isAnswered: ["Answered", "Sudah dijawab"],
  answerBy: ["to be answered by", "dijawab paling lambat"],

  street: ["Street and number", "Jalan dan nomor"],
  city: ["City or regency", "Kota atau kabupaten"],
  province: ["Province", "Provinsi"],
  postalCode: ["Postal code", "Kode pos"],
  visa: ["Visa", "Visa"],
  stayUntil: ["stay until", "tinggal sampai"],
  extend: ["Ask for more days of stay", "Ajukan perpanjangan izin tinggal"],
  extension: ["extension of", "perpanjangan"],
  appeared: ["Appeared at an immigration office", "Hadir di kantor imigrasi"],
  enteredOn: ["Day of entry, if none is on record", "Tanggal masuk, jika belum tercatat"],
  saveVisa: ["Save the visa (PDF)", "Simpan visa (PDF)"],
  visaSoon: ["It is being made. Try again in a moment.", "Sedang dibuat. Coba lagi sebentar lagi."],
  useBy: ["to be used by", "digunakan paling lambat"],

  group: ["Hand in a group", "Ajukan rombongan"],
  groupLead: [
    "People who travel together are handed in together, or not at all.",
    "Yang bepergian bersama diajukan bersama, atau tidak sama sekali.",
  ],
  person: ["Person", "Orang"],
  addPerson: ["Add a person", "Tambah orang"],
  handedIn: ["Handed in:", "Diajukan:"],

  desk: ["Desk", "Meja kerja"],
  deskLead: [
    "The most urgent case is yours next; nobody chooses.",
    "Berkas paling mendesak menjadi giliran Anda; tidak ada yang memilih.",
  ],
  waiting: ["waiting to be taken", "menunggu diambil"],
  take: ["Take the next case", "Ambil berkas berikutnya"],
  read: ["Read who applies", "Baca identitas pemohon"],
  readNote: [
    "Each reading is logged, for the purpose of this case.",
    "Setiap pembacaan dicatat, untuk keperluan berkas ini.",
  ],
  history: ["So far", "Sejauh ini"],
  refer: ["Refer to screening", "Teruskan ke pemeriksaan"],
  request: ["Ask for the address", "Minta alamat"],
  grant: ["Grant", "Setujui"],
  refuse: ["Refuse", "Tolak"],
  grounds: ["Grounds of a refusal, the main one first", "Alasan penolakan, yang utama lebih dahulu"],
  conditions: ["Conditions of a grant", "Syarat pemberian visa"],
  linkCounts: [
    "A linked file stops the grant: a supervisor has to approve it.",
    "Ada berkas tertaut yang menghalangi pemberian visa: harus disetujui penyelia.",
  ],
  reasonToGrant: ["Why it is to be granted all the same", "Alasan visa tetap perlu diberikan"],
  proposeGrant: ["Propose the grant", "Usulkan pemberian visa"],
  due: ["due", "tenggat"],

  partner: ["Applications", "Permohonan"],
  partnerLead: [
    "What your people took in, by where it stands.",
    "Yang diterima petugas Anda, menurut tahapnya.",
  ],
  deliveries: ["Decided files", "Permohonan yang diputuskan"],
  deliveriesLead: [
    "Each visa is fetched once, to hand it over; each time stands in the log.",
    "Setiap visa diambil satu kali untuk diserahkan; setiap pengambilan dicatat.",
  ],
  fetchVisa: ["Fetch the visa (PDF)", "Ambil visa (PDF)"],
  all: ["All", "Semua"],
  reference: ["Reference", "Nomor"],
  submitted: ["Submitted", "Diajukan"],
  stage: ["Stage", "Tahap"],
} as const satisfies Record<string, readonly [en: string, id: string]>;

export type Text = keyof typeof texts;

const KEPT = "language";

/** As chosen, or as the browser is set. */
export const language = (): Language =>
  (localStorage.getItem(KEPT) ?? (navigator.language.startsWith("id") ? "id" : "en")) as Language;

export const keepLanguage = (chosen: Language) => localStorage.setItem(KEPT, chosen);

export const Speaking = createContext<Language>("en");

/** The words of the chosen language: texts of the portal, labels of enums, days, money. */
export function useWords() {
  const speaking = use(Speaking);
  const locale = speaking === "id" ? "id-ID" : "en-GB";
  const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "Asia/Jakarta" });
  return {
    speaking,
    enumLanguage: speaking === "id" ? ("ID" as const) : ("EN" as const),
    t: (text: Text) => texts[text][speaking === "id" ? 1 : 0],
    word: (of: Labelled, value: string) => label(of, value, speaking),
    day: (instant: string) => days.format(new Date(instant)),
    minutes: (seconds: number) =>
      new Intl.NumberFormat(locale, { style: "unit", unit: "minute", unitDisplay: "long" }).format(
        Math.ceil(seconds / 60),
      ),
    /** For how long a visa serves to enter: in years where its days are some. */
    validity: (days: number) =>
      new Intl.NumberFormat(locale, { style: "unit", unit: days % 365 ? "day" : "year", unitDisplay: "long" }).format(
        days % 365 ? days : days / 365,
      ),
    money: ({ amount, currency }: { amount: number; currency: string }) =>
      new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits: 0 }).format(amount),
  };
}
