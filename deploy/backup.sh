#!/bin/bash
# Back the portal up: the database first, the files second, and both in a second place.
#
# Files lie under their hash and are never overwritten, so a copy taken after the dump holds every
# file the dump names. Settings come from the environment (backup.env); the addresses of the database and of
# the files from .env when the environment has none. Ends with 1 as soon as something is missing.
set -euo pipefail
umask 077
cd "$(dirname "$0")/.."

fail() { echo "สำรองไม่สำเร็จ: $1" >&2; exit 1; }

# The value of a variable: from the environment, else from .env.
setting() {
  local value="${!1:-}"
  if [ -z "$value" ] && [ -r .env ]; then
    value=$(sed -n "s/^$1=//p" .env | tail -n 1)
  fi
  echo "$value"
}

database=$(setting DATABASE_URL)
var=$(setting VAR_DIR)
var=${var:-var}
keys=$(setting SURVEY_KEYS_DIR)
keys=${keys:-$var/keys}
first=$(setting BACKUP_DIR)
second=$(setting BACKUP_SECOND_PLACE)
keys_place=$(setting BACKUP_KEYS_PLACE)
days=$(setting BACKUP_KEEP_DAYS)

[ -n "$database" ] || fail "ไม่มี DATABASE_URL"
[ -n "$first" ] || fail "ไม่มี BACKUP_DIR"
[ -n "$second" ] || fail "ไม่มี BACKUP_SECOND_PLACE ระเบียบให้สำรองไว้อีกอย่างน้อยหนึ่งแห่ง"
[ "$first" != "$second" ] || fail "BACKUP_SECOND_PLACE ต้องเป็นคนละแห่งกับ BACKUP_DIR"
case "$second" in
  *:*) ;;
  *) [ -d "$second" ] || fail "ไม่พบ $second ตรวจว่าต่อที่เก็บสำรองแล้ว" ;;
esac

mkdir -p "$first/database" "$first/files"
stamp=$(date +%Y-%m-%d-%H%M%S)
dump="$first/database/portal-$stamp.dump"
pg_dump --format=custom --no-owner --dbname="$database" --file="$dump.part" || fail "pg_dump"
contents=$(pg_restore --list "$dump.part") || fail "ไฟล์สำรองอ่านไม่ได้"
grep --quiet "TABLE DATA public documents_letter " <<< "$contents" || fail "ไฟล์สำรองไม่มีหนังสือ"
mv "$dump.part" "$dump"
(cd "$first/database" && sha256sum "portal-$stamp.dump" > "portal-$stamp.dump.sha256")

if [ -n "$(setting S3_BUCKET)" ]; then
  echo "ไฟล์อยู่ในถัง $(setting S3_BUCKET) ต้องมีสำเนาของถังเอง"
elif [ -d "$var/files" ]; then
  rsync --archive --ignore-existing "$var/files/" "$first/files/" || fail "คัดลอกไฟล์"
fi

find "$first/database" -name 'portal-*.dump*' -mtime "+${days:-60}" -delete
rsync --archive --delete "$first/database/" "$second/database/" || fail "คัดลอกฐานข้อมูลไปแห่งที่สอง"
rsync --archive --ignore-existing "$first/files/" "$second/files/" || fail "คัดลอกไฟล์ไปแห่งที่สอง"
if [ -n "$keys_place" ] && [ -d "$keys" ]; then
  rsync --archive --delete "$keys/" "$keys_place/" || fail "คัดลอกกุญแจแบบสอบถาม"
fi
echo "สำรองแล้ว $(basename "$dump") $(du -h "$dump" | cut -f1) และไฟล์ $(find "$first/files" -type f | wc -l) ไฟล์ สองแห่ง"
