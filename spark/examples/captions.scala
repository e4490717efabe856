// Captions of a folder of images, for spark-shell:
//   IMAGES=FOLDER spark-shell --jars lorgnette-spark-VERSION-app.jar -i captions.scala
import io.lorgnette.spark.Lorgnette
import org.apache.spark.sql.functions.{col, lit}

val images = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(sys.env("IMAGES"))

// One image after the other.
images.select(col("path"), Lorgnette.caption(col("content")).as("caption"), Lorgnette.answer(col("content"), lit("What is it?")).as("answer"), Lorgnette.problem(col("content")).as("problem")).orderBy("path").show(100, 200)

// In batches, for larger sets.
Lorgnette.withCaptions(images, "content", "caption").select("path", "caption").orderBy("path").show(100, 200)

System.exit(0)
