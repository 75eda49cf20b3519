// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace hikyaku::crypto {

class TlsSession;

/// What a certificate says, for logs, checks and DANE.
struct CertificateInfo {
  std::string subject;             ///< "CN=mx.example.org", RFC 2253 form
  std::string issuer;              ///< the same as the subject: self-signed
  std::vector<std::string> names;  ///< DNS names of subjectAltName, small letters
  UnixTime not_before{};
  UnixTime not_after{};
  std::string sha256;  ///< of the DER form, hexadecimal
};

/// How far the peer's certificate was found to be good.
enum class Verified : unsigned char {
  kNone,  ///< not; why is in TlsInfo::verify_error
  kName,  ///< chain to a trusted root, and the name (PKIX)
  kDane,  ///< matched by a TLSA record (RFC 7672)
};

/// What a handshake settled.
struct TlsInfo {
  std::string version;  ///< "TLSv1.3"
  std::string cipher;   ///< "TLS_AES_256_GCM_SHA384"
  bool resumed = false;
  std::string server_name;              ///< SNI that the client sent, small letters; may be empty
  std::optional<CertificateInfo> peer;  ///< nullopt: none was shown, or the session was resumed
  Verified verified = Verified::kNone;
  std::string verify_error;  ///< of a client's peer that is not verified: "certificate has expired"
};

/// What names a TLS connection for channel binding, as far as it can be named.
struct ChannelBindings {
  std::optional<std::string> tls_exporter;          ///< RFC 9266
  std::optional<std::string> tls_server_end_point;  ///< RFC 5929 §4
};

struct CertificateFiles {
  std::string certificate_file;  ///< PEM, the leaf first, then the chain
  std::string key_file;          ///< PEM, without pass phrase
};

struct TlsServerOptions {
  /// The first one serves names that none has. An ECDSA and an RSA certificate of the same name
  /// serve it together: each client gets the one that it can verify.
  std::vector<CertificateFiles> certificates;
  std::vector<std::string> alpn;  ///< names that we speak, best first; empty = any
  /// What to do with a certificate that is expired or not yet valid: refuse to load, or serve it
  /// (opportunistic senders take it all the same).
  enum class Outdated : unsigned char { kRefuse, kServe } outdated = Outdated::kRefuse;
};

/// TLS for the side that is called: certificates by SNI, tickets, TLS 1.2 and 1.3.
///
/// Ciphers and groups are Mozilla's "intermediate"; session tickets are stateless, under keys that
/// live in memory, change every 12 hours and survive reload(). Threads: all members from any
/// thread. Errors: kPermanent for files that must be mended, each with its remedy; kRetryLater for
/// files that can not be read now.
class TlsServer {
 public:
  static Result<std::unique_ptr<TlsServer>> make(TlsServerOptions options);
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer();

  /// Reads all files again: connections from now on take the new certificates, others keep theirs.
  /// On an error all stays as it was. Reads a few small files: for the pool.
  Status reload();
  /// The same with another list of files.
  Status reload(std::vector<CertificateFiles> certificates);

  /// The certificates in use, in the order of the options.
  [[nodiscard]] std::vector<CertificateInfo> certificates() const;

  /// TLS over a connected, non-blocking socket. For net::Stream.
  [[nodiscard]] Result<std::unique_ptr<TlsSession>> session(int socket) const;

 private:
  struct Impl;
  explicit TlsServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A TLSA record (RFC 6698 §2.1).
struct TlsaRecord {
  std::uint8_t usage = 0;
  std::uint8_t selector = 0;
  std::uint8_t matching = 0;
  std::string data;
};
Result<TlsaRecord> parse_tlsa(std::string_view rdata);

/// What a client asks of its peer's certificate.
enum class Verify : unsigned char {
  kRecord,   ///< nothing: opportunistic (RFC 7435); TlsInfo tells what was found
  kRequire,  ///< chain and name, or the handshake fails
  kDane,     ///< a match of the TLSA records, or the handshake fails
};

struct TlsClientOptions {
  Verify verify = Verify::kRecord;
  std::string trusted_file;  ///< PEM with the roots; empty = the system's
};

/// TLS for the side that calls. Remembers sessions by host (at most 1,000, and 8 of one host) and
/// resumes them.
///
/// Threads: all members from any thread.
class TlsClient {
 public:
  static Result<std::unique_ptr<TlsClient>> make(TlsClientOptions options);
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient();

  /// The same, but the peer must match one of these records (RFC 7672 §3.1: usages 2 and 3; others
  /// are passed over). kPermanent when no record is usable.
  [[nodiscard]] Result<std::unique_ptr<TlsClient>> with_dane(std::vector<TlsaRecord> records) const;

  /// TLS over a connected, non-blocking socket; `host` is sent as SNI and verified. For
  /// net::Stream.
  [[nodiscard]] Result<std::unique_ptr<TlsSession>> session(int socket, std::string host) const;

 private:
  struct Impl;
  explicit TlsClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hikyaku::crypto
