// SPDX-License-Identifier: Apache-2.0
#include <openssl/core_names.h>

#include <algorithm>
#include <mutex>

#include "base/assert.h"
#include "base/words.h"
#include "port/crypto/certificate_set.h"
#include "port/crypto/random.h"
#include "port/crypto/ticket_keys.h"
#include "port/crypto/tls.h"

namespace hikyaku::crypto {
namespace {

/// What all contexts of one server point to.
struct Shared {
  TicketKeys tickets;
  std::string alpn;  ///< our names in wire form: length, name
};

const CertificateSet& set_of(SSL* ssl) {
  const auto* session = static_cast<const TlsSession*>(SSL_get_app_data(ssl));
  return static_cast<const CertificateSet&>(*session->owner());
}

int choose_certificate(SSL* ssl, int* /*alert*/, void* /*unused*/) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
  SSL_CTX* context = set_of(ssl).find(name);
  if (context != SSL_get_SSL_CTX(ssl)) SSL_set_SSL_CTX(ssl, context);
  return SSL_TLSEXT_ERR_OK;
}

int choose_alpn(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_size,
                const unsigned char* offered, unsigned int offered_size, void* argument) {
  const auto& ours = static_cast<const Shared*>(argument)->alpn;
  if (ours.empty()) return SSL_TLSEXT_ERR_NOACK;
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(ours.data()),
                            static_cast<unsigned int>(ours.size()), offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301 §3.2: meant for another protocol
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

/// Seals (`enc` 1) or opens a ticket. 0: unknown key, full handshake. 2: good, but give a new one.
int ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
               EVP_MAC_CTX* mac, int enc) {
  auto* shared = static_cast<Shared*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  const auto now = std::chrono::steady_clock::now();
  TicketKeys::Found found;
  if (enc == 1) {
    found = {shared->tickets.present(now), TicketKeys::Age::kPresent};
    std::copy(found.key.name.begin(), found.key.name.end(), name);
    fill_random({iv, 16});
  } else {
    const auto known = shared->tickets.find(name, now);
    if (!known) return 0;
    found = *known;
  }
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, found.key.mac.data(),
                                        found.key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>("SHA256"), 0),
      OSSL_PARAM_construct_end()};
  const bool ready = EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, found.key.cipher.data(),
                                       iv, enc) == 1 &&
                     EVP_MAC_CTX_set_params(mac, parameters) == 1;
  OPENSSL_cleanse(&found, sizeof found);
  if (!ready) return -1;
  // A TLS 1.3 client uses a ticket once, so it always gets another.
  const bool renew = SSL_version(ssl) >= TLS1_3_VERSION || found.age == TicketKeys::Age::kPast;
  return enc == 0 && renew ? 2 : 1;
}

Result<std::string> alpn_wire(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) {
    if (name.empty() || name.size() > 255) return permanent("bad ALPN name '" + name + "'");
    out += static_cast<char>(name.size());
    out += name;
  }
  return out;
}

}  // namespace

struct TlsServer::Impl {
  TlsServerOptions options;
  std::shared_ptr<Shared> shared = std::make_shared<Shared>();
  std::mutex reload_mutex;

  /// The set in use.
  [[nodiscard]] std::shared_ptr<const CertificateSet> present() const {
    const std::lock_guard lock(set_mutex);
    return set;
  }
  void replace(std::shared_ptr<const CertificateSet> fresh) {
    const std::lock_guard lock(set_mutex);
    set.swap(fresh);
  }

  Result<std::shared_ptr<const CertificateSet>> load(const std::vector<CertificateFiles>& files) {
    if (files.empty()) {
      return permanent(Words{"TLS needs a certificate; name one, or let quickstart make one",
                             "TLS には証明書が必要です。指定するか、quickstart で作ってください"});
    }
    const auto now = SystemClock().now();
    std::vector<LoadedCertificate> certificates;
    for (const auto& pair : files) {
      HK_ASSIGN(auto loaded, load_certificate(pair, options.outdated, now));
      certificates.push_back(std::move(loaded));
    }
    const auto prepare = [this](SSL_CTX* context) {
      SSL_CTX_set_app_data(context, shared.get());
      SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
      SSL_CTX_set_alpn_select_cb(context, choose_alpn, shared.get());
      SSL_CTX_set_tlsext_ticket_key_evp_cb(context, ticket_key);
    };
    return CertificateSet::make(std::move(certificates), prepare, shared);
  }

 private:
  // Why no std::atomic<std::shared_ptr>: libstdc++ 12 unlocks it relaxed after a load, so that a
  // store is a data race with it.
  mutable std::mutex set_mutex;
  std::shared_ptr<const CertificateSet> set;
};

TlsServer::TlsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsServer::~TlsServer() = default;

Result<std::unique_ptr<TlsServer>> TlsServer::make(TlsServerOptions options) {
  auto impl = std::make_unique<Impl>();
  HK_ASSIGN(impl->shared->alpn, alpn_wire(options.alpn));
  impl->options = std::move(options);
  std::unique_ptr<TlsServer> server(new TlsServer(std::move(impl)));
  HK_TRY(server->reload());
  return server;
}

Status TlsServer::reload() {
  const std::lock_guard lock(impl_->reload_mutex);
  HK_ASSIGN(auto set, impl_->load(impl_->options.certificates));
  impl_->replace(std::move(set));
  return {};
}

Status TlsServer::reload(std::vector<CertificateFiles> certificates) {
  const std::lock_guard lock(impl_->reload_mutex);
  HK_ASSIGN(auto set, impl_->load(certificates));
  impl_->options.certificates = std::move(certificates);
  impl_->replace(std::move(set));
  return {};
}

std::vector<CertificateInfo> TlsServer::certificates() const { return impl_->present()->infos(); }

Result<std::unique_ptr<TlsSession>> TlsServer::session(int socket) const {
  const std::shared_ptr<const CertificateSet> set = impl_->present();
  SSL* ssl = SSL_new(set->first());
  if (ssl == nullptr || SSL_set_fd(ssl, socket) != 1) {
    SSL_free(ssl);
    return retry_later("starting TLS: " + take_openssl_error());
  }
  return std::make_unique<TlsSession>(ssl, TlsSession::Side::kServer, std::string(), set);
}

}  // namespace hikyaku::crypto
