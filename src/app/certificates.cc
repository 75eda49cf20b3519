// SPDX-License-Identifier: Apache-2.0
#include "app/certificates.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "app/files.h"
#include "base/system_words.h"
#include "port/crypto/certificate.h"

namespace hikyaku::app {
namespace {

constexpr int kSelfSignedDays = 3650;

}  // namespace

std::string host_name(const config::Config& config) {
  if (!config.server.hostname.empty()) return config.server.hostname;
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "localhost";
  addrinfo hints{};
  hints.ai_flags = AI_CANONNAME;
  addrinfo* found = nullptr;
  std::string out = name;
  if (out.find('.') == std::string::npos && ::getaddrinfo(name, nullptr, &hints, &found) == 0) {
    if (found->ai_canonname != nullptr) out = found->ai_canonname;
    ::freeaddrinfo(found);
  }
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  return out;
}

Result<crypto::CertificateFiles> self_signed_files(const std::string& data,
                                                   const std::vector<std::string>& names,
                                                   UnixTime now) {
  const auto folder = data + "/tls";
  const crypto::CertificateFiles files{folder + "/self-signed.pem", folder + "/self-signed.key"};
  std::error_code error;
  if (std::filesystem::exists(files.certificate_file, error) &&
      std::filesystem::exists(files.key_file, error))
    return files;
  std::filesystem::create_directories(folder, error);
  if (error)
    return retry_later(
        told(Words{"making {0}: {1}", "{0} の作成: {1}"}, folder, system_told(error)));
  HK_ASSIGN(const auto made, crypto::make_self_signed(names, kSelfSignedDays, now));
  HK_TRY(write_file(files.key_file, made.key_pem.reveal(), 0600));
  HK_TRY(write_file(files.certificate_file, made.certificate_pem, 0644));
  return files;
}

Result<std::vector<crypto::CertificateFiles>> certificate_files(const config::Config& config,
                                                                UnixTime now) {
  std::vector<crypto::CertificateFiles> out;
  for (const auto& certificate : config.certificates)
    out.push_back({certificate.file, certificate.key});
  if (!out.empty()) return out;
  HK_ASSIGN(auto own, self_signed_files(config.server.data, {host_name(config)}, now));
  out.push_back(std::move(own));
  return out;
}

}  // namespace hikyaku::app
