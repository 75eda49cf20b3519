// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/tls_session.h"

#include <cerrno>
#include <cstring>

#include "base/assert.h"
#include "port/crypto/openssl.h"

namespace hikyaku::crypto {
namespace {

Verified verified_by(SSL* ssl) {
  if (SSL_get_verify_result(ssl) != X509_V_OK) return Verified::kNone;
  if (SSL_get0_peer_certificate(ssl) == nullptr && SSL_session_reused(ssl) == 0) {
    return Verified::kNone;  // OpenSSL says "OK" of a certificate that is not there
  }
  return SSL_get0_dane_authority(ssl, nullptr, nullptr) >= 0 ? Verified::kDane : Verified::kName;
}

/// RFC 9266 §2: 32 octets of keying material under this label, with an empty context.
std::optional<std::string> exporter_binding(SSL* ssl) {
  // §4.2: before TLS 1.3 only with the extended master secret, and without renegotiation.
  if (SSL_version(ssl) < TLS1_3_VERSION &&
      (SSL_get_extms_support(ssl) != 1 || (SSL_get_options(ssl) & SSL_OP_NO_RENEGOTIATION) == 0))
    return std::nullopt;
  constexpr std::string_view kLabel = "EXPORTER-Channel-Binding";
  std::string out(32, '\0');
  const int done = SSL_export_keying_material(ssl, reinterpret_cast<unsigned char*>(out.data()),
                                              out.size(), kLabel.data(), kLabel.size(),
                                              reinterpret_cast<const unsigned char*>(""), 0, 1);
  ERR_clear_error();
  return done == 1 ? std::optional(std::move(out)) : std::nullopt;
}

/// RFC 5929 §4.1: our certificate under the hash of its signature, but SHA-256 for MD5 and SHA-1.
std::optional<std::string> end_point_binding(SSL* ssl) {
  // The certificate of a resumed session is that of its first handshake, which we don't know: it
  // may have been renewed since.
  X509* certificate = SSL_session_reused(ssl) != 0 ? nullptr : SSL_get_certificate(ssl);
  if (certificate == nullptr) return std::nullopt;
  int hash = NID_undef;
  if (X509_get_signature_info(certificate, &hash, nullptr, nullptr, nullptr) != 1 ||
      hash == NID_undef) {  // a signature without a hash of its own, as Ed25519: not defined
    ERR_clear_error();
    return std::nullopt;
  }
  const EVP_MD* method =
      hash == NID_md5 || hash == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(hash);
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (method == nullptr ||
      X509_digest(certificate, method, reinterpret_cast<unsigned char*>(out.data()), &size) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

/// What a failed handshake means for the one who runs the server; empty: OpenSSL's words do.
std::string_view meaning_for_server(unsigned long code) {
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) return {};
  switch (ERR_GET_REASON(code)) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
      return "the client speaks TLS 1.1 or older at most, which is not safe any more (RFC 8996); "
             "it needs an update";
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_GROUPS:
    case SSL_R_NO_SHARED_GROUPS:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
      return "the client offers no cipher, curve or signature that is safe and fits our "
             "certificate; it needs an update, or wants an RSA certificate beside the ECDSA one";
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
      return "the client did not begin with TLS; for this port its setting must be SSL/TLS, not "
             "STARTTLS or none";
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
      return "the client does not accept our certificate: it is not signed by one that the client "
             "trusts, is out of date, or lacks the name that the client calls us by";
    default: return {};
  }
}

}  // namespace

TlsSession::TlsSession(ssl_st* ssl, Side side, std::string host, std::shared_ptr<const Owner> owner)
    : ssl_(ssl), host_(std::move(host)), owner_(std::move(owner)), side_(side) {
  HK_ASSERT(ssl_ != nullptr);
  SSL_set_app_data(ssl_, this);
  if (side_ == Side::kServer) {
    SSL_set_accept_state(ssl_);
  } else {
    SSL_set_connect_state(ssl_);
  }
}

TlsSession::~TlsSession() {
  // Why: OpenSSL makes a session useless for resumption when its connection ends without
  // close_notify; RFC 5246 §7.2.1 has dropped that rule of SSL 3.
  if (established_ && !failed_) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
}

void TlsSession::fail(std::string text) {
  failed_ = true;
  // A client tries again (another host, or in the clear); a server has nothing to offer.
  error_.remedy = side_ == Side::kServer || established_ ? Remedy::kClosePeer : Remedy::kRetryLater;
  error_.text = (established_ ? "tls: " : "tls handshake: ") + std::move(text);
}

TlsSession::Step TlsSession::judge(int result) {
  const int system_error = errno;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_NONE: return Step::kDone;
    case SSL_ERROR_WANT_READ: return Step::kWantRead;
    case SSL_ERROR_WANT_WRITE: return Step::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      if (established_) return Step::kEnded;
      fail("the peer closed the connection");
      return Step::kFailed;
    case SSL_ERROR_SYSCALL:
      ERR_clear_error();
      fail(system_error != 0 ? std::strerror(system_error) : "the peer closed the connection");
      return Step::kFailed;
    default: break;
  }
  const long verify = SSL_get_verify_result(ssl_);
  if (side_ == Side::kClient && verify != X509_V_OK && !established_ &&
      (SSL_get_verify_mode(ssl_) & SSL_VERIFY_PEER) != 0) {
    ERR_clear_error();
    fail("the certificate of " + host_ + " is not good: " + X509_verify_cert_error_string(verify));
    return Step::kFailed;
  }
  const std::string_view meaning = side_ == Side::kServer && !established_
                                       ? meaning_for_server(ERR_peek_error())
                                       : std::string_view();
  std::string text = take_openssl_error();
  if (!meaning.empty()) text.append(": ").append(meaning);
  fail(std::move(text));
  return Step::kFailed;
}

TlsSession::Step TlsSession::handshake() {
  if (failed_) return Step::kFailed;
  ERR_clear_error();
  errno = 0;
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) return judge(result);
  established_ = true;
  return Step::kDone;
}

TlsSession::Io TlsSession::read(std::span<char> buffer) {
  if (failed_) return {Step::kFailed, 0};
  ERR_clear_error();
  errno = 0;
  std::size_t octets = 0;
  const int result = SSL_read_ex(ssl_, buffer.data(), buffer.size(), &octets);
  if (result == 1) return {Step::kDone, octets};
  return {judge(result), 0};
}

TlsSession::Step TlsSession::poll_read() {
  if (failed_) return Step::kFailed;
  if (SSL_pending(ssl_) > 0) return Step::kDone;
  ERR_clear_error();
  errno = 0;
  char octet;
  std::size_t octets = 0;
  const int result = SSL_peek_ex(ssl_, &octet, 1, &octets);
  return result == 1 ? Step::kDone : judge(result);
}

bool TlsSession::has_pending() const { return SSL_has_pending(ssl_) == 1; }

TlsSession::Io TlsSession::write(std::string_view octets) {
  if (failed_) return {Step::kFailed, 0};
  ERR_clear_error();
  errno = 0;
  std::size_t written = 0;
  const int result = SSL_write_ex(ssl_, octets.data(), octets.size(), &written);
  if (result == 1) return {Step::kDone, written};
  return {judge(result), 0};
}

void TlsSession::say_goodbye() noexcept {
  if (failed_ || !established_) return;  // RFC 8446 §6.1: no alert after an error
  ERR_clear_error();
  SSL_shutdown(ssl_);
  ERR_clear_error();
}

ChannelBindings TlsSession::channel_bindings() const {
  HK_ASSERT(side_ == Side::kServer && established_);
  return {.tls_exporter = exporter_binding(ssl_), .tls_server_end_point = end_point_binding(ssl_)};
}

TlsInfo TlsSession::info() const {
  TlsInfo info;
  info.version = SSL_get_version(ssl_);
  info.cipher = SSL_get_cipher_name(ssl_);
  info.resumed = SSL_session_reused(ssl_) != 0;
  if (side_ == Side::kServer) {
    const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    if (name != nullptr) info.server_name = small_letters(name);
    return info;
  }
  info.server_name = host_;
  const X509* peer = SSL_get0_peer_certificate(ssl_);
  if (peer != nullptr) info.peer = describe(peer);
  info.verified = verified_by(ssl_);
  if (info.verified == Verified::kNone) {
    info.verify_error = X509_verify_cert_error_string(SSL_get_verify_result(ssl_));
  }
  return info;
}

}  // namespace hikyaku::crypto
