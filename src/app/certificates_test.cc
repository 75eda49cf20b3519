// SPDX-License-Identifier: Apache-2.0
// Goal: TLS works from the first start: a certificate of its own is made once, for the right name
// and with a key that nobody else may read; the configuration's take its place.
#include "app/certificates.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "app/files.h"
#include "port/crypto/certificate.h"
#include "port/store/testing/temporary_directory.h"

namespace hikyaku::app {
namespace {

const UnixTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24);

unsigned mode_of(const std::string& file) {
  struct stat found{};
  EXPECT_EQ(::stat(file.c_str(), &found), 0) << file;
  return found.st_mode & 07777U;
}

TEST(Certificates, OneOfItsOwnIsMadeOnce) {
  const store::TemporaryDirectory folder;
  config::Config config;
  config.server.data = folder.path();
  config.server.hostname = "mail.example.org";
  const auto first = certificate_files(config, kNow);
  ASSERT_TRUE(first.has_value()) << first.error().text;
  ASSERT_EQ(first->size(), 1U);
  const auto& files = first->front();
  EXPECT_EQ(files.certificate_file, folder.path() + "/tls/self-signed.pem");
  EXPECT_EQ(mode_of(files.key_file), 0600U);
  EXPECT_EQ(mode_of(files.certificate_file), 0644U);
  const auto info = crypto::read_certificate_file(files.certificate_file);
  ASSERT_TRUE(info.has_value()) << info.error().text;
  EXPECT_NE(std::ranges::find(info->names, "mail.example.org"), info->names.end());

  const auto before = read_file(files.certificate_file).value();
  EXPECT_TRUE(certificate_files(config, kNow + std::chrono::hours(24)).has_value());
  EXPECT_EQ(read_file(files.certificate_file).value(), before) << "mail programs know this one";

  std::filesystem::remove(files.key_file);
  EXPECT_TRUE(certificate_files(config, kNow).has_value());
  EXPECT_NE(read_file(files.certificate_file).value(), before) << "half of a pair is no pair";
}

TEST(Certificates, ThoseOfTheConfigurationAreTaken) {
  const store::TemporaryDirectory folder;
  config::Config config;
  config.server.data = folder.path();
  config.certificates = {{"/a/file", "/a/key"}, {"/b/file", "/b/key"}};
  const auto files = certificate_files(config, kNow);
  ASSERT_EQ(files.value().size(), 2U);
  EXPECT_EQ(files.value()[1].certificate_file, "/b/file");
  EXPECT_EQ(files.value()[1].key_file, "/b/key");
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/tls"));
}

TEST(Certificates, AFolderThatCanNotBeMadeIsAnError) {
  const auto made = self_signed_files("/proc/none", {"mail.example.org"}, kNow);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().remedy, Remedy::kRetryLater);
  EXPECT_NE(made.error().text.find("/proc/none/tls"), std::string::npos) << made.error().text;
}

TEST(HostName, IsTheConfiguredOneElseTheMachines) {
  config::Config config;
  config.server.hostname = "mail.example.org";
  EXPECT_EQ(host_name(config), "mail.example.org");
  config.server.hostname.clear();
  const auto own = host_name(config);
  EXPECT_FALSE(own.empty());
  EXPECT_TRUE(std::ranges::none_of(own, [](char c) { return c >= 'A' && c <= 'Z'; })) << own;
}

}  // namespace
}  // namespace hikyaku::app
