#!/bin/bash
# Read the newest backup back into a database of its own, and check it against its files.
#
#   deploy/restore-drill.sh FOLDER     # FOLDER holds database/ and files/, best the second place
#
# Makes the database portal_drill (the role needs CREATEDB, or make it by hand before), checks and drops
# it. The portal itself is not touched. Ends with 1 when anything is missing or changed.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "ซ้อมกู้คืนไม่ผ่าน: $1" >&2; exit 1; }

place=${1:?บอกโฟลเดอร์ที่มี database/ และ files/}
drill=${DRILL_DATABASE:-portal_drill}
server=${DRILL_SERVER:-postgres:///}
began=$(date +%s)
[ -d "$place/database" ] || fail "ไม่พบ $place/database"
dump=$(find "$place/database" -name 'portal-*.dump' | sort | tail -n 1)
[ -n "$dump" ] || fail "ไม่พบไฟล์สำรองใน $place/database"
(cd "$place/database" && sha256sum --check --quiet "$(basename "$dump").sha256") || fail "ไฟล์สำรองถูกเปลี่ยน"

ask() { psql --no-psqlrc --tuples-only --no-align --dbname="$server$drill" --command="$1"; }
psql --no-psqlrc --quiet --dbname="${server}postgres" --command="CREATE DATABASE $drill" || fail "สร้าง $drill"
trap 'psql --no-psqlrc --quiet --dbname="${server}postgres" --command="DROP DATABASE $drill"' EXIT
pg_restore --no-owner --exit-on-error --dbname="$server$drill" "$dump" || fail "pg_restore"

missing=0
checked=0
while read -r sha256; do
  [ -n "$sha256" ] || continue
  blob="$place/files/blobs/${sha256:0:2}/${sha256:2}"
  if [ ! -f "$blob" ] || ! echo "$sha256  $blob" | sha256sum --check --quiet --status; then
    echo "ไฟล์หายหรือเปลี่ยน: $sha256" >&2
    missing=$((missing + 1))
  fi
  checked=$((checked + 1))
done < <(ask "SELECT sha256 FROM files_storedfile WHERE EXISTS
  (SELECT 1 FROM files_fileuse u WHERE u.stored_id = files_storedfile.id AND u.removed_at IS NULL)")

gaps=$(ask "SELECT count(*) FROM documents_registerbook b WHERE b.last_number >= b.start_number AND
  (SELECT count(*) FROM documents_registerentry e WHERE e.book_id = b.id)
  <> b.last_number - b.start_number + 1")
echo "ไฟล์สำรอง $(basename "$dump")"
echo "หนังสือ $(ask 'SELECT count(*) FROM documents_letter') ฉบับ ประวัติ $(ask 'SELECT count(*) FROM audit_auditentry') บรรทัด"
echo "ไฟล์ที่ตรวจ $checked ไฟล์ หายหรือเปลี่ยน $missing ไฟล์ ทะเบียนที่เลขขาด $gaps เล่ม"
echo "ใช้เวลา $(($(date +%s) - began)) วินาที"
[ "$missing" -eq 0 ] || fail "ไฟล์ไม่ครบ"
[ "$gaps" -eq 0 ] || fail "เลขทะเบียนไม่ครบ"
echo "ซ้อมกู้คืนผ่าน"
