// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>

#include <list>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/assert.h"
#include "port/crypto/openssl.h"
#include "port/crypto/tls.h"
#include "port/crypto/tls_session.h"

namespace hikyaku::crypto {
namespace {

constexpr std::size_t kSessionsMax = 1000;
constexpr std::size_t kSessionsOfOneHostMax = 8;
constexpr std::size_t kTlsaRecordsMax = 64;

// Towards other servers: what they can do counts more than what we would like (RFC 7435 §3); a
// refused handshake means mail in the clear.
constexpr const char* kOpportunisticCiphers = "HIGH:!aNULL:!eNULL:!MD5:!RC4:!3DES:@SECLEVEL=1";
constexpr const char* kStrictCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

/// Sessions that servers gave us, by host, each used once (RFC 8446 C.4), the newest first: as many
/// as connections to one host begin together. The oldest of all is forgotten first.
class SessionCache final : public TlsSession::Owner {
 public:
  void put(const std::string& host, SslSessionPtr session) const {
    const std::lock_guard lock(mutex_);
    entries_.push_back({host, std::move(session)});
    auto& own = by_host_[host];
    own.push_back(std::prev(entries_.end()));
    if (own.size() > kSessionsOfOneHostMax) forget(own.front());
    if (entries_.size() > kSessionsMax) forget(entries_.begin());
  }

  [[nodiscard]] SslSessionPtr take(const std::string& host) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_host_.find(host);
    if (found == by_host_.end()) return nullptr;
    const auto newest = found->second.back();
    SslSessionPtr session = std::move(newest->session);
    forget(newest);
    return session;
  }

 private:
  struct Entry {
    std::string host;
    SslSessionPtr session;
  };
  using Place = std::list<Entry>::iterator;

  void forget(Place entry) const {
    const auto found = by_host_.find(entry->host);
    std::erase(found->second, entry);
    if (found->second.empty()) by_host_.erase(found);
    entries_.erase(entry);
  }

  mutable std::mutex mutex_;
  mutable std::list<Entry> entries_;
  mutable std::unordered_map<std::string, std::vector<Place>> by_host_;  ///< the oldest first
};

int keep_session(SSL* ssl, SSL_SESSION* session) {
  const auto* tls = static_cast<const TlsSession*>(SSL_get_app_data(ssl));
  if (tls == nullptr || tls->owner() == nullptr || SSL_SESSION_is_resumable(session) != 1) return 0;
  static_cast<const SessionCache*>(tls->owner())->put(tls->host(), SslSessionPtr(session));
  return 1;  // we own the reference now
}

bool is_ip_address(const std::string& host) {
  unsigned char octets[16];
  return inet_pton(AF_INET, host.c_str(), octets) == 1 ||
         inet_pton(AF_INET6, host.c_str(), octets) == 1;
}

bool set_host(SSL* ssl, const std::string& host) {
  if (host.empty()) return true;
  if (is_ip_address(host)) {  // RFC 6066 §3: no addresses in SNI
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
}

bool set_dane(SSL* ssl, const std::string& host, const std::vector<TlsaRecord>& records) {
  if (SSL_dane_enable(ssl, host.c_str()) != 1) return false;
  // RFC 7672 §3.1.1: with DANE-EE the name is not checked.
  SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
  bool usable = false;
  for (const auto& record : records) {
    usable |= SSL_dane_tlsa_add(ssl, record.usage, record.selector, record.matching,
                                reinterpret_cast<const unsigned char*>(record.data.data()),
                                record.data.size()) > 0;
    ERR_clear_error();
  }
  return usable;
}

}  // namespace

Result<TlsaRecord> parse_tlsa(std::string_view rdata) {
  // RFC 6698 §2.1: three octets and the data.
  if (rdata.size() < 4) return permanent("a TLSA record is too short");
  return TlsaRecord{static_cast<std::uint8_t>(rdata[0]), static_cast<std::uint8_t>(rdata[1]),
                    static_cast<std::uint8_t>(rdata[2]), std::string(rdata.substr(3))};
}

struct TlsClient::Impl {
  Verify verify = Verify::kRecord;
  SslContextPtr context;
  std::shared_ptr<const SessionCache> cache;
  std::vector<TlsaRecord> tlsa;
};

TlsClient::TlsClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsClient::~TlsClient() = default;

Result<std::unique_ptr<TlsClient>> TlsClient::make(TlsClientOptions options) {
  if (options.verify == Verify::kDane) {
    return permanent("a client for DANE is made by with_dane(), with its records");
  }
  auto impl = std::make_unique<Impl>();
  impl->verify = options.verify;
  impl->cache = std::make_shared<const SessionCache>();
  impl->context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = impl->context.get();
  HK_ASSERT(context != nullptr);
  apply_common_settings(
      context, options.verify == Verify::kRequire ? kStrictCiphers : kOpportunisticCiphers);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  HK_ASSERT(SSL_CTX_dane_enable(context) == 1);
  if (options.trusted_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    ERR_clear_error();
  } else {
    HK_TRY(read_pem_file(options.trusted_file, {"trusted certificates", "信頼する証明書の"}));
    if (SSL_CTX_load_verify_file(context, options.trusted_file.c_str()) != 1) {
      return permanent("the trusted certificates in " + options.trusted_file +
                       " can not be used: " + take_openssl_error());
    }
  }
  return std::unique_ptr<TlsClient>(new TlsClient(std::move(impl)));
}

Result<std::unique_ptr<TlsClient>> TlsClient::with_dane(std::vector<TlsaRecord> records) const {
  // RFC 7672 §3.1.3: PKIX-TA and PKIX-EE are not for SMTP.
  std::erase_if(records, [](const TlsaRecord& r) {
    return (r.usage != 2 && r.usage != 3) || r.selector > 1 || r.matching > 2 || r.data.empty();
  });
  if (records.empty()) return permanent("none of the TLSA records can be used");
  if (records.size() > kTlsaRecordsMax) records.resize(kTlsaRecordsMax);
  auto impl = std::make_unique<Impl>();
  impl->verify = Verify::kDane;
  SSL_CTX_up_ref(impl_->context.get());
  impl->context.reset(impl_->context.get());
  // No cache: a session that was made under other rules must not be resumed under these.
  impl->tlsa = std::move(records);
  return std::unique_ptr<TlsClient>(new TlsClient(std::move(impl)));
}

Result<std::unique_ptr<TlsSession>> TlsClient::session(int socket, std::string host) const {
  host = small_letters(host);
  if (host.ends_with('.')) host.pop_back();
  SslPtr ssl(SSL_new(impl_->context.get()));
  if (!ssl || SSL_set_fd(ssl.get(), socket) != 1) {
    return retry_later("starting TLS: " + take_openssl_error());
  }
  const bool named = impl_->verify == Verify::kDane ? set_dane(ssl.get(), host, impl_->tlsa)
                                                    : set_host(ssl.get(), host);
  if (!named) {
    ERR_clear_error();
    return permanent("TLS with '" + host + "': no host name, or no usable TLSA record");
  }
  SSL_set_verify(ssl.get(), impl_->verify == Verify::kRecord ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
                 nullptr);
  if (impl_->cache != nullptr) {
    if (const SslSessionPtr session = impl_->cache->take(host)) {
      SSL_set_session(ssl.get(), session.get());
    }
  }
  return std::make_unique<TlsSession>(ssl.release(), TlsSession::Side::kClient, std::move(host),
                                      impl_->cache);
}

}  // namespace hikyaku::crypto
