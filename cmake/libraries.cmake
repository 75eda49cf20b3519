# SPDX-License-Identifier: Apache-2.0
# The libraries of Debian 12 that we use; docs/dependencies.md has the reasons.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(GTest REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n data)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET openssl)
# Why: libunbound.pc names libevent, which its own header does not need.
find_library(UNBOUND_LIBRARY unbound REQUIRED)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(PSL REQUIRED IMPORTED_TARGET libpsl)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
find_package(RocksDB REQUIRED)
find_package(CLI11 REQUIRED)
