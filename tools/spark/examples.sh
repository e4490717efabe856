#!/usr/bin/env bash
# Runs the examples on the images of a shard that check.sh drew; ends with 0 if each says something of the first image and passes
# over the last, which is broken.
#   SPARK_HOME=.../pyspark tools/spark/examples.sh SHARDS
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
jar=$(ls "$root"/spark/target/lorgnette-spark-*-app.jar)
folder=$1/../examples images=$1/../examples/images
rm -rf "$folder" && mkdir -p "$images"
tar -xf "$1/0000.tar" -C "$images"
rm -f "$images"/*.json
options=(--master "local[1]" --driver-memory 1g --conf spark.ui.enabled=false --jars "$jar")

# PySpark of the same folder: Spark, its Python side, and the bridge between the two.
python=$SPARK_HOME/python
[ -d "$python/pyspark" ] || python=$(dirname "$SPARK_HOME")
bridge=$(find "$python/lib" -name 'py4j-*.zip' | head -n 1)
PYTHONPATH="$python:$bridge" "$SPARK_HOME/bin/spark-submit" "${options[@]}" "$root/spark/examples/captions.py" "$images" \
  > "$folder/python.txt" 2> "$folder/python.log"
IMAGES=$images "$SPARK_HOME/bin/spark-shell" "${options[@]}" -i "$root/spark/examples/captions.scala" \
  > "$folder/scala.txt" 2> "$folder/scala.log" < /dev/null

last=$(find "$images" -name '*.png' | sort | tail -n 1)
for said in python scala; do
  grep -Eq '/00000000\.png\| *[A-Z][a-z ]+' "$folder/$said.txt"
  grep -Eq "/${last##*/}\| *NULL" "$folder/$said.txt"
done
echo "the examples ran in PySpark and in spark-shell"
