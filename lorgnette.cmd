@echo off
rem Builds Lorgnette when needed, then runs it. Needs a JDK from 17 on and Maven.
rem   LORGNETTE_JAVA_OPTS   more options for Java, such as -Xmx8g
rem   LORGNETTE_CLASSPATH   more jars, such as extra metrics
rem   LORGNETTE_CUDA=1      use the NVIDIA build of libtorch
setlocal
set "HOME_DIR=%~dp0"
set "JAR=%HOME_DIR%cli\target\lorgnette.jar"
set "PROFILE="
if "%LORGNETTE_CUDA%"=="1" (
  set "JAR=%HOME_DIR%cli\target\lorgnette-cuda.jar"
  set "PROFILE=-Pcuda"
)
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
"%JAVA%" -version >nul 2>nul
if errorlevel 1 (
  echo lorgnette: java is missing; install a JDK from 17 on, or set JAVA_HOME to one. 1>&2
  exit /b 2
)
rem Sources newer than the jar?
set "STALE="
if not exist "%JAR%" set "STALE=1"
if not defined STALE powershell -NoProfile -Command "$t=(Get-Item -LiteralPath $env:JAR).LastWriteTime; if (Get-ChildItem -Path (Join-Path $env:HOME_DIR '*\src\main'),(Join-Path $env:HOME_DIR '*\pom.xml'),(Join-Path $env:HOME_DIR 'recipes'),(Join-Path $env:HOME_DIR 'pom.xml') -Recurse -File | Where-Object { $_.LastWriteTime -gt $t } | Select-Object -First 1) { exit 1 }"
if errorlevel 1 set "STALE=1"
if not defined STALE goto run
where mvn >nul 2>nul
if errorlevel 1 (
  echo lorgnette: Maven is missing, which builds Lorgnette; install it so that mvn is found. 1>&2
  exit /b 2
)
echo Building Lorgnette ... 1>&2
if not exist "%HOME_DIR%cli\target" mkdir "%HOME_DIR%cli\target"
pushd "%HOME_DIR%"
call mvn -B -Dstyle.color=never -Dmaven.test.skip=true %PROFILE% -pl cli -am package > "%HOME_DIR%cli\target\build.log" 2>&1
if errorlevel 1 (
  popd
  findstr /b "[ERROR]" "%HOME_DIR%cli\target\build.log" 1>&2
  echo lorgnette: the build failed; all of it is in %HOME_DIR%cli\target\build.log 1>&2
  exit /b 1
)
popd
:run
set "CLASSES=%JAR%"
if defined LORGNETTE_CLASSPATH set "CLASSES=%JAR%;%LORGNETTE_CLASSPATH%"
"%JAVA%" -XX:+UseSerialGC -Xshare:auto -XX:MaxRAMPercentage=50 -Djava.awt.headless=true %LORGNETTE_JAVA_OPTS% -cp "%CLASSES%" io.lorgnette.cli.Main %*
exit /b %ERRORLEVEL%
