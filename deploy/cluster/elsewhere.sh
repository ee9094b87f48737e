#!/bin/sh
# What another site keeps of a PostgreSQL, and how it becomes one there. It pulls, with a login that
# may replicate and do nothing else: nobody at the site that is followed reaches what it has.
# libpq's variables say whom it follows: PGHOST, PGPORT, PGUSER, PGPASSFILE.
#
#   elsewhere.sh follow FOLDER           every change, as it is written; a service that never ends
#   elsewhere.sh copy FOLDER             all of it, once a day; of the newest COPIES (7) of them, and
#                                        the changes since the oldest, nothing is removed
#   elsewhere.sh restore FOLDER TARGET   the newest copy with every change since, into a new TARGET
set -eu
act=$1 folder=$2
wal=$folder/wal copies=$folder/copies
mkdir -p "$wal" "$copies"

case $act in
follow)
    slot="--directory=$wal --slot=elsewhere"
    pg_receivewal $slot --create-slot --if-not-exists
    # It goes on by itself once there is a primary again, though it is another one.
    exec pg_receivewal $slot --synchronous
    ;;
copy)
    rm -rf "$copies/unfinished"
    pg_basebackup --pgdata="$copies/unfinished" --checkpoint=fast --wal-method=none
    mv "$copies/unfinished" "$copies/$(date -u +%Y%m%dT%H%M%SZ)"
    ls -d "$copies"/2* | head -n "-${COPIES:-7}" | xargs -r rm -rf
    oldest=$(ls -d "$copies"/2* | head -n 1)
    since=$(sed -n 's/^START WAL LOCATION: .* (file \(.*\))$/\1/p' "$oldest/backup_label")
    pg_archivecleanup "$wal" "$since"
    ;;
restore)
    target=$3
    newest=$(ls -d "$copies"/2* | tail -n 1)
    cp -a "$newest" "$target"
    chmod 700 "$target"
    # Nobody follows it yet: what is committed waits for no other server.
    cat >> "$target/postgresql.auto.conf" <<END
restore_command = 'cp "$wal/%f" "%p" || cp "$wal/%f.partial" "%p"'
recovery_target_timeline = 'latest'
synchronous_standby_names = ''
hba_file = '$target/pg_hba.conf'
ident_file = '$target/pg_ident.conf'
END
    touch "$target/recovery.signal"
    ;;
*)
    echo "elsewhere.sh follow|copy|restore" >&2
    exit 2
    ;;
esac
