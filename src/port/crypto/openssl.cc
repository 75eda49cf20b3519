// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/openssl.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/assert.h"
#include "base/system_words.h"

namespace hikyaku::crypto {
namespace {

constexpr std::size_t kPemFileMax = 1024 * 1024;

UnixTime unix_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return UnixTime(std::chrono::seconds(timegm(&parts)));
}

std::string name_text(const X509_NAME* name) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  HK_ASSERT(out);
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
  return bio_octets(out.get());
}

std::vector<std::string> dns_names(const X509* certificate) {
  std::vector<std::string> names;
  auto* found = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(found); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(found, i);
    if (name->type != GEN_DNS) continue;
    const auto* text = name->d.dNSName;
    names.push_back(small_letters({reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                                   static_cast<std::size_t>(ASN1_STRING_length(text))}));
  }
  GENERAL_NAMES_free(found);
  return names;
}

std::string fingerprint(const X509* certificate) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha256(), sum, &size) != 1) return {};
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    out += "0123456789abcdef"[sum[i] >> 4];
    out += "0123456789abcdef"[sum[i] & 15];
  }
  return out;
}

std::unexpected<Error> unreadable(const std::string& path, const Words& role, int number) {
  switch (number) {
    case ENOENT:
      return permanent(
          told(Words{"can not read the {0} file {1}: there is no such file; correct "
                     "the path, or create it",
                     "{0}ファイル {1} を読めません: ファイルがありません。パスを直すか、"
                     "作成してください"},
               role, path));
    case EACCES:
      return permanent(
          told(Words{"can not read the {0} file {1}: permission denied; let the user that hikyaku "
                     "runs as enter its folders and read it (a group and chmod 640)",
                     "{0}ファイル {1} を読めません: 権限がありません。hikyaku の実行ユーザーが"
                     "フォルダーに入り、ファイルを読めるようにしてください (グループと chmod 640)"},
               role, path));
    case EISDIR:
      return permanent(told(
          Words{"can not read the {0} file {1}: it is a directory; name the file in it",
                "{0}ファイル {1} を読めません: フォルダーです。中のファイルを指定してください"},
          role, path));
    default:
      return retry_later(
          told(Words{"can not read the {0} file {1}: {2}", "{0}ファイル {1} を読めません: {2}"},
               role, path, system_told(number)));
  }
}

}  // namespace

std::string take_openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "unknown error";
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

BioPtr memory_bio(std::string_view octets) {
  // Nothing has no address, and OpenSSL wants one.
  const char* data = octets.empty() ? "" : octets.data();
  BioPtr bio(BIO_new_mem_buf(data, static_cast<int>(octets.size())));
  HK_ASSERT(bio);
  return bio;
}

std::string bio_octets(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

CertificateInfo describe(const X509* certificate) {
  CertificateInfo info;
  info.subject = name_text(X509_get_subject_name(certificate));
  info.issuer = name_text(X509_get_issuer_name(certificate));
  info.names = dns_names(certificate);
  info.not_before = unix_time(X509_get0_notBefore(certificate));
  info.not_after = unix_time(X509_get0_notAfter(certificate));
  info.sha256 = fingerprint(certificate);
  return info;
}

Result<std::string> read_pem_file(const std::string& path, const Words& role) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return unreadable(path, role, errno);
  std::string text;
  char piece[16 * 1024];
  for (;;) {
    const ssize_t got = ::read(file, piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || text.size() > kPemFileMax) {
      const int number = got < 0 ? errno : EFBIG;
      ::close(file);
      return unreadable(path, role, number);
    }
    if (got == 0) break;
    text.append(piece, static_cast<std::size_t>(got));
  }
  ::close(file);
  OPENSSL_cleanse(piece, sizeof piece);
  return text;
}

void apply_common_settings(SSL_CTX* context, const char* tls12_ciphers) {
  HK_ASSERT(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);  // RFC 8996
  HK_ASSERT(SSL_CTX_set_cipher_list(context, tls12_ciphers) == 1);
  HK_ASSERT(SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1);
  // Why IGNORE_UNEXPECTED_EOF: many mail clients close without close_notify; our protocols mark the
  // end of all they send, so nothing can be cut off unseen.
  SSL_CTX_set_options(
      context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // RELEASE_BUFFERS: an idle session gives back its 2 × 17 KiB.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

std::string small_letters(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace hikyaku::crypto
