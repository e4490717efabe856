"""Captions and answers of a folder of images from PySpark, as columns and in SQL.

spark-submit --jars lorgnette-spark-VERSION-app.jar captions.py FOLDER
"""
import sys

from pyspark.sql import SparkSession
from pyspark.sql.types import ArrayType, FloatType, StringType

spark = SparkSession.builder.appName("captions").getOrCreate()

# What the functions use: without these the embedded pair.
# spark.conf.set("spark.lorgnette.vision", "openai/clip-vit-large-patch14")
# spark.conf.set("spark.lorgnette.language", "EleutherAI/gpt-j-6b")
# spark.conf.set("spark.lorgnette.connector", "connector.safetensors")
spark.udf.registerJavaFunction("lorgnette_caption", "io.lorgnette.spark.CaptionFunction", StringType())
spark.udf.registerJavaFunction("lorgnette_answer", "io.lorgnette.spark.AnswerFunction", StringType())
spark.udf.registerJavaFunction("lorgnette_problem", "io.lorgnette.spark.ProblemFunction", StringType())
spark.udf.registerJavaFunction("lorgnette_features", "io.lorgnette.spark.FeaturesFunction", ArrayType(FloatType()))

images = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(sys.argv[1])
images.createOrReplaceTempView("images")
spark.sql(
    """
    SELECT path,
           lorgnette_caption(content) AS caption,
           lorgnette_answer(content, 'What is it?') AS answer,
           size(lorgnette_features(content)) AS features,
           lorgnette_problem(content) AS problem
    FROM images
    ORDER BY path
    """
).show(100, truncate=200)
spark.stop()
