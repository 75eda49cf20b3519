// SPDX-License-Identifier: Apache-2.0
// Goal: a renewed certificate is taken once, a pair that does not fit leaves the old one in use.
#include "app/certificate_watch.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "app/certificates.h"
#include "port/store/testing/temporary_directory.h"

namespace hikyaku::app {
namespace {

using Seen = CertificateWatch::Seen;

class CertificateWatchTest : public testing::Test {
 protected:
  CertificateWatchTest() {
    files_ = make("now", "a.example").value();
    crypto::TlsServerOptions options;
    options.certificates = {files_};
    tls_ = crypto::TlsServer::make(std::move(options)).value();
  }
  Result<crypto::CertificateFiles> make(const std::string& name, const std::string& host) {
    return self_signed_files(folder_.path() + "/" + name, {host}, SystemClock().now());
  }
  std::string name_in_use() { return tls_->certificates().front().names.front(); }

  const store::TemporaryDirectory folder_;
  crypto::CertificateFiles files_;
  std::unique_ptr<crypto::TlsServer> tls_;
};

TEST_F(CertificateWatchTest, TakesARenewedOneOnce) {
  CertificateWatch watch({files_});
  EXPECT_EQ(watch.look(*tls_).value(), Seen::kSame);
  const auto renewed = make("renewed", "b.example").value();
  std::filesystem::rename(renewed.certificate_file, files_.certificate_file);
  std::filesystem::rename(renewed.key_file, files_.key_file);
  EXPECT_EQ(watch.look(*tls_).value(), Seen::kTaken);
  EXPECT_EQ(name_in_use(), "b.example");
  EXPECT_EQ(watch.look(*tls_).value(), Seen::kSame);
}

TEST_F(CertificateWatchTest, FollowsLinks) {
  const auto link = folder_.path() + "/link";
  std::filesystem::create_directory_symlink(folder_.path() + "/now/tls", link);
  CertificateWatch watch({{link + "/self-signed.pem", link + "/self-signed.key"}});
  ASSERT_TRUE(make("renewed", "b.example"));
  std::filesystem::remove(link);
  std::filesystem::create_directory_symlink(folder_.path() + "/renewed/tls", link);
  EXPECT_EQ(watch.look(*tls_).value(), Seen::kTaken);
  EXPECT_EQ(name_in_use(), "b.example");
}

TEST_F(CertificateWatchTest, HalfOfAPairIsToldOnceAndTakenWhenItIsWhole) {
  CertificateWatch watch({files_});
  const auto renewed = make("renewed", "b.example").value();
  std::filesystem::rename(renewed.certificate_file, files_.certificate_file);
  EXPECT_FALSE(watch.look(*tls_));
  EXPECT_EQ(watch.look(*tls_).value(), Seen::kSame);
  EXPECT_EQ(name_in_use(), "a.example");
  std::filesystem::rename(renewed.key_file, files_.key_file);
  EXPECT_EQ(watch.look(*tls_).value(), Seen::kTaken);
  EXPECT_EQ(name_in_use(), "b.example");
}

TEST_F(CertificateWatchTest, AFileThatIsGoneLeavesTheOldOneInUse) {
  CertificateWatch watch({files_});
  std::filesystem::remove(files_.key_file);
  EXPECT_FALSE(watch.look(*tls_));
  EXPECT_EQ(name_in_use(), "a.example");
}

}  // namespace
}  // namespace hikyaku::app
