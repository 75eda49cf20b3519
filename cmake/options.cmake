# SPDX-License-Identifier: Apache-2.0
# How everything of ours is compiled. Presets (CMakePresets.json) choose HK_SANITIZE and HK_FUZZ.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# -fPIE by hand (hk_flags): the same for libraries and programs, so that both share one precompiled header.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(HK_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize= (address,undefined or thread)")
option(HK_FUZZ "Build the fuzz targets (*_fuzz.cc) with libFuzzer" OFF)

find_program(HK_CCACHE ccache)
if(HK_CCACHE)
  # The flags let ccache keep precompiled headers, which hold the path of the tree: another folder has misses. It looks
  # at 400 headers and 20 MB of precompiled ones for each file: INODECACHE remembers their hashes.
  # Why no env before them: ninja has a shell start each command, which sets them itself; a program more takes as long to
  # start as a tenth of what ccache takes to answer.
  set(launcher CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_INODECACHE=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${HK_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()

# Our libraries are read where they were made: lists of object files do, without copies. ar makes the index itself.
set(CMAKE_CXX_ARCHIVE_CREATE "<CMAKE_AR> qcT <TARGET> <LINK_FLAGS> <OBJECTS>")
set(CMAKE_CXX_ARCHIVE_FINISH "")

add_library(hk_flags INTERFACE)
target_include_directories(hk_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(hk_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Werror -Wno-missing-field-initializers
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -fstack-protector-strong -fno-omit-frame-pointer -fPIE
  "SHELL:-Xclang -fno-pch-timestamp")
target_compile_definitions(hk_flags INTERFACE _GLIBCXX_ASSERTIONS HIKYAKU_VERSION="${PROJECT_VERSION}")
target_link_options(hk_flags INTERFACE -fuse-ld=lld -pie -Wl,-z,relro -Wl,-z,now)
if(CMAKE_BUILD_TYPE MATCHES "Rel" AND NOT HK_SANITIZE)
  target_compile_options(hk_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
if(HK_SANITIZE)
  target_compile_options(hk_flags INTERFACE -fsanitize=${HK_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(hk_flags INTERFACE -fsanitize=${HK_SANITIZE})
endif()
if(HK_FUZZ)
  target_compile_options(hk_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
