// SPDX-License-Identifier: Apache-2.0
#include "app/certificate_watch.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <iterator>
#include <utility>

namespace hikyaku::app {
namespace {

/// What tells a file from another in its place, links followed.
void append_mark(std::string& out, const std::string& file) {
  struct stat found{};
  if (::stat(file.c_str(), &found) != 0) {
    out += "none;";
    return;
  }
  fmt::format_to(std::back_inserter(out), "{} {} {} {} {} {} {};", found.st_dev, found.st_ino,
                 found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_ctim.tv_sec,
                 found.st_ctim.tv_nsec);
}

std::string marks_of(const std::vector<crypto::CertificateFiles>& files) {
  std::string out;
  for (const auto& pair : files) {
    append_mark(out, pair.certificate_file);
    append_mark(out, pair.key_file);
  }
  return out;
}

}  // namespace

CertificateWatch::CertificateWatch(std::vector<crypto::CertificateFiles> files)
    : files_(std::move(files)), seen_(marks_of(files_)) {}

Result<CertificateWatch::Seen> CertificateWatch::look(crypto::TlsServer& tls) {
  // Before they are read: what changes meanwhile is seen next time.
  auto marks = marks_of(files_);
  if (marks == seen_) return Seen::kSame;
  seen_ = std::move(marks);
  HK_TRY(tls.reload(files_));
  return Seen::kTaken;
}

}  // namespace hikyaku::app
