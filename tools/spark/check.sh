#!/usr/bin/env bash
# Real processes on one machine: the shaded jar submitted by spark-submit to one executor, to two, and to two of which one is
# killed in the middle. Ends with 0 if all three wrote the same and nothing is lost or doubled.
#   SPARK_HOME=.../pyspark tools/spark/check.sh FOLDER [SHARDS IMAGES]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$1 shards=${2:-8} images=${3:-8}
jar=$(ls "$root"/spark/target/lorgnette-spark-*-app.jar)
rm -rf "$folder" && mkdir -p "$folder"
python3 "$root/tools/spark/draw.py" "$folder/in" "$shards" "$images"

submit() { # EXECUTORS OUT
  exec "$SPARK_HOME/bin/spark-submit" --master "local-cluster[$1,1,2048]" --driver-memory 1g --executor-memory 1g \
    --conf spark.ui.enabled=false --conf spark.executorEnv.OMP_NUM_THREADS=1 --conf spark.executorEnv.OPENBLAS_NUM_THREADS=1 \
    "$jar" caption "$folder/in" --out "$folder/$2" --beams 2 --max-tokens 12 2> "$folder/$2.log"
}

one() {
  local began=$SECONDS
  (submit "$@")
  echo "$2: $((SECONDS - began)) s with $1 executors of one thread"
}

one 1 one
one 2 two
submit 2 killed &
driver=$!
for _ in $(seq 600); do
  if ls "$folder"/killed/done/*.json > /dev/null 2>&1; then break; fi
  sleep 0.2
done
victim=$(pgrep -P "$driver" -f CoarseGrainedExecutorBackend | head -n 1 || true)
[ -n "$victim" ] || { echo "the job ended before an executor could be killed; give more shards" >&2; exit 1; }
kill -9 "$victim"
echo "killed an executor after $(find "$folder/killed/done" -name '*.json' | wc -l) of $shards units"
wait "$driver"

for run in two killed; do
  for part in data problems done; do
    diff -r "$folder/one/$part" "$folder/$run/$part"
  done
done
lines=$(cat "$folder"/killed/data/*.jsonl | wc -l)
distinct=$(cat "$folder"/killed/data/*.jsonl | sort -u | wc -l)
[ "$lines" -eq $((shards * (images - 1))) ] && [ "$distinct" -eq "$lines" ]
echo "the same rows from one executor, two, and two of which one was killed: $lines, none doubled"
