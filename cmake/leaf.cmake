# SPDX-License-Identifier: Apache-2.0
# hk_leaf(NAME [DEPS leaf...] [LIBS target...] [APART file...]): the static library of a leaf folder.
#   x.cc        goes into the library
#   x_test.cc   into one test program NAME_test, run by ctest case by case; compiled without optimisation and debug
#               information (but for sanitizers), which would be half the cost of a build, against libraries that have both
#   x_fuzz.cc   into a program each in preset fuzz, with coverage, to search (target `fuzzers`); in preset asan all into
#               one program (hk_seeds), to run the seeds (fuzz/corpora/NAME_x_fuzz) on what the unit tests use
#   x_bench.cc  into a program each (target `benches`)
#   command/, response/  more of the same: one protocol command, one file
#   testing/    into a library NAME_testing for the tests of others (fakes, builders)
# Preset asan compiles up to eight files of a leaf as one, which halves its time. Files that have a name of their own in
# an anonymous namespace that another of the leaf has too stand behind APART (`*`: all of the leaf).

# One precompiled header for all of ours, one more for tests.
add_library(hk_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
target_precompile_headers(hk_pch PRIVATE <expected> <string> <string_view> <vector> <memory> <optional>
  <functional> <unordered_map> <map> <mutex> <chrono> <coroutine> <algorithm> <variant> <span>
  <fmt/format.h>)
target_link_libraries(hk_pch PRIVATE hk_flags fmt::fmt)
add_library(hk_test_flags INTERFACE)
if(NOT HK_SANITIZE)
  target_compile_options(hk_test_flags INTERFACE -O0 -g0 -U_FORTIFY_SOURCE)
endif()
add_library(hk_test_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
target_precompile_headers(hk_test_pch PRIVATE <expected> <string> <string_view> <vector> <memory>
  <optional> <functional> <unordered_map> <map> <mutex> <chrono> <coroutine> <algorithm> <variant>
  <span> <fmt/format.h> <gtest/gtest.h>)
target_link_libraries(hk_test_pch PRIVATE hk_flags hk_test_flags fmt::fmt GTest::gtest)

add_custom_target(unit_tests)
add_custom_target(benches)
add_custom_target(fuzzers)

function(hk_leaf name)
  cmake_parse_arguments(LEAF "" "" "DEPS;LIBS;TEST_DEPS;APART" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc command/*.cc response/*.cc)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cc command/*_test.cc response/*_test.cc)
  file(GLOB fuzzers CONFIGURE_DEPENDS *_fuzz.cc)
  file(GLOB benchmarks CONFIGURE_DEPENDS *_bench.cc)
  file(GLOB testing CONFIGURE_DEPENDS testing/*.cc)
  if(LEAF_APART STREQUAL "*")
    set(LEAF_APART ${sources} ${testing})
  endif()
  set_source_files_properties(${LEAF_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  list(REMOVE_ITEM sources ${tests} ${fuzzers} ${benchmarks} "")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")

  if(sources)
    add_library(hk_${name} STATIC ${sources})
    target_precompile_headers(hk_${name} REUSE_FROM hk_pch)
    set(scope PUBLIC)
  else()
    add_library(hk_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  list(TRANSFORM LEAF_DEPS PREPEND hk_)
  target_link_libraries(hk_${name} ${scope} hk_flags fmt::fmt ${LEAF_DEPS} ${LEAF_LIBS})

  if(testing)
    add_library(hk_${name}_testing STATIC ${testing})
    target_precompile_headers(hk_${name}_testing REUSE_FROM hk_pch)
    target_link_libraries(hk_${name}_testing PUBLIC hk_${name})
  endif()

  list(TRANSFORM LEAF_TEST_DEPS PREPEND hk_)
  if(tests)
    add_executable(${name}_test ${tests})
    target_precompile_headers(${name}_test REUSE_FROM hk_test_pch)
    target_link_libraries(${name}_test PRIVATE hk_${name} ${LEAF_TEST_DEPS} hk_test_flags
      GTest::gtest GTest::gtest_main)
    if(testing)
      target_link_libraries(${name}_test PRIVATE hk_${name}_testing)
    endif()
    add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    add_dependencies(unit_tests ${name}_test)
  endif()
  foreach(file ${benchmarks})
    get_filename_component(program ${file} NAME_WE)
    add_executable(${name}_${program} EXCLUDE_FROM_ALL ${file})
    target_link_libraries(${name}_${program} PRIVATE hk_${name} ${LEAF_TEST_DEPS} benchmark)
    if(testing)
      target_link_libraries(${name}_${program} PRIVATE hk_${name}_testing)
    endif()
    add_dependencies(benches ${name}_${program})
  endforeach()
  if(HK_SANITIZE MATCHES "address" AND NOT HK_FUZZ)
    foreach(file ${fuzzers})
      get_filename_component(program ${file} NAME_WE)
      add_library(${name}_${program} OBJECT EXCLUDE_FROM_ALL ${file})
      target_compile_definitions(${name}_${program} PRIVATE LLVMFuzzerTestOneInput=${name}_${program})
      target_link_libraries(${name}_${program} PUBLIC hk_${name} ${LEAF_TEST_DEPS})
      if(testing)
        target_link_libraries(${name}_${program} PUBLIC hk_${name}_testing)
      endif()
      set_property(GLOBAL APPEND PROPERTY HK_SEEDS ${name}_${program})
      file(CREATE_LINK ${CMAKE_BINARY_DIR}/src/fuzz_seeds ${CMAKE_CURRENT_BINARY_DIR}/${name}_${program} SYMBOLIC)
    endforeach()
  endif()
  if(HK_FUZZ)
    foreach(file ${fuzzers})
      get_filename_component(program ${file} NAME_WE)
      add_executable(${name}_${program} EXCLUDE_FROM_ALL ${file})
      add_dependencies(fuzzers ${name}_${program})
      target_link_options(${name}_${program} PRIVATE -fsanitize=fuzzer)
      target_link_libraries(${name}_${program} PRIVATE hk_${name} ${LEAF_TEST_DEPS})
      if(testing)
        target_link_libraries(${name}_${program} PRIVATE hk_${name}_testing)
      endif()
    endforeach()
  endif()
endfunction()

# The program that runs the seeds of all fuzz targets of the leaves, each by a link of its name: 36 links of half a
# second otherwise.
function(hk_seeds)
  get_property(targets GLOBAL PROPERTY HK_SEEDS)
  if(NOT targets)
    return()
  endif()
  list(TRANSFORM targets REPLACE "(.+)" "X(\\1)" OUTPUT_VARIABLE HK_SEEDS_ALL)
  list(JOIN HK_SEEDS_ALL " " HK_SEEDS_ALL)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/seeds.cc.in ${CMAKE_CURRENT_BINARY_DIR}/seeds.cc @ONLY)
  add_executable(fuzz_seeds EXCLUDE_FROM_ALL ${CMAKE_CURRENT_BINARY_DIR}/seeds.cc)
  target_link_options(fuzz_seeds PRIVATE -fsanitize=fuzzer)
  target_link_libraries(fuzz_seeds PRIVATE hk_flags ${targets})
  add_dependencies(fuzzers fuzz_seeds)
endfunction()
