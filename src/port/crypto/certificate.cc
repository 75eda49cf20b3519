// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/certificate.h"

#include <arpa/inet.h>

#include "port/crypto/openssl.h"
#include "port/crypto/random.h"

namespace hikyaku::crypto {
namespace {

bool is_ip_address(const std::string& name) {
  unsigned char octets[16];
  return inet_pton(AF_INET, name.c_str(), octets) == 1 ||
         inet_pton(AF_INET6, name.c_str(), octets) == 1;
}

/// Names go into OpenSSL's configuration syntax, so only what can stand in a name may pass.
Result<std::string> alternative_names(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) {
    const bool ip = is_ip_address(name);
    if (!ip && (name.empty() || name.size() > 253 ||
                name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789-._*") != std::string::npos)) {
      return permanent(Words{"\"{0}\" can not be in a certificate: it is no host name",
                             "\"{0}\" はホスト名ではないため、証明書に入れられません"},
                       name);
    }
    if (!out.empty()) out += ',';
    out += (ip ? "IP:" : "DNS:") + name;
  }
  if (out.empty())
    return permanent(Words{"a certificate needs a name", "証明書には名前が必要です"});
  return out;
}

bool add_extension(X509* certificate, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool set_names(X509* certificate, const std::string& common_name) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  // RFC 5280 ub-common-name: 64. The names that count are in subjectAltName.
  const std::string text = common_name.substr(0, 64);
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

bool set_serial(X509* certificate) {
  std::string octets = random_octets(16);
  octets[0] = static_cast<char>(octets[0] & 0x7f);  // positive (RFC 5280 §4.1.2.2)
  BIGNUM* number = BN_bin2bn(reinterpret_cast<const unsigned char*>(octets.data()),
                             static_cast<int>(octets.size()), nullptr);
  const bool done = number != nullptr &&
                    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return done;
}

bool set_times(X509* certificate, int days, UnixTime now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  return ASN1_TIME_set(X509_getm_notBefore(certificate), seconds - 3600) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), seconds + days * 86400L) != nullptr;
}

}  // namespace

Result<SelfSigned> make_self_signed(const std::vector<std::string>& names, int days, UnixTime now) {
  HK_ASSIGN(const std::string alternatives, alternative_names(names));
  const auto failed = [] {
    return retry_later(Words{"making a certificate: {0}", "証明書を作れません: {0}"},
                       take_openssl_error());
  };
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr certificate(X509_new());
  if (!key || !certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      X509_set_pubkey(certificate.get(), key.get()) != 1 || !set_serial(certificate.get()) ||
      !set_times(certificate.get(), days, now) || !set_names(certificate.get(), names.front()) ||
      !add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature") ||
      !add_extension(certificate.get(), NID_ext_key_usage, "serverAuth,clientAuth") ||
      !add_extension(certificate.get(), NID_subject_alt_name, alternatives.c_str()) ||
      X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
    return failed();
  }
  const BioPtr certificate_out(BIO_new(BIO_s_mem()));
  const BioPtr key_out(BIO_new(BIO_s_secmem()));
  if (!certificate_out || !key_out ||
      PEM_write_bio_X509(certificate_out.get(), certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return failed();
  }
  std::string key_pem = bio_octets(key_out.get());
  return SelfSigned{bio_octets(certificate_out.get()), Secret::take(key_pem)};
}

Result<CertificateInfo> read_certificate(std::string_view pem) {
  const BioPtr in = memory_bio(pem);
  const X509Ptr certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  if (!certificate) {
    return permanent(
        Words{"there is no PEM certificate in it: {0}", "PEM 形式の証明書がありません: {0}"},
        take_openssl_error());
  }
  ERR_clear_error();
  return describe(certificate.get());
}

Result<CertificateInfo> read_certificate_file(const std::string& path) {
  HK_ASSIGN(const std::string pem, read_pem_file(path, kCertificateRole));
  auto info = read_certificate(pem);
  if (!info) return std::unexpected(std::move(info).error().in(path));
  return info;
}

}  // namespace hikyaku::crypto
