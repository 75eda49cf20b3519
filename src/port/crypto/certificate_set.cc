// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/certificate_set.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/assert.h"
#include "base/event.h"
#include "base/event_keys.h"
#include "base/secret.h"
#include "base/told.h"

namespace hikyaku::crypto {
namespace {

// Mozilla's "intermediate" without its finite-field DHE: whoever speaks TLS 1.2 speaks ECDHE.
constexpr const char* kServerCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

std::string day(UnixTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

/// A pass phrase can not be typed into a server.
int no_pass_phrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return 0;
}

Result<KeyPtr> load_key(const std::string& path) {
  HK_ASSIGN(std::string pem, read_pem_file(path, {"key", "鍵"}));
  const Secret secret = Secret::take(pem);
  struct stat state{};
  if (::stat(path.c_str(), &state) == 0 && (state.st_mode & S_IROTH) != 0) {
    event::warn("tls.key_readable_by_all",
                {{event::key::kFile, path},
                 {event::key::kReason, "every user of this machine can read it; chmod o= it"}});
  }
  const BioPtr in = memory_bio(secret.reveal());
  bool phrase_asked = false;
  KeyPtr key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_pass_phrase, &phrase_asked));
  if (key) return key;
  const std::string why = take_openssl_error();
  if (phrase_asked) {
    return permanent(
        Words{"the key file {0} is locked by a pass phrase; unlock it: openssl pkey -in OLD -out "
              "NEW",
              "鍵ファイル {0} はパスフレーズで保護されています。解除してください: openssl pkey -in "
              "OLD -out NEW"},
        path);
  }
  return permanent(Words{"the key file {0} holds no private key in PEM form ({1}); it must have a "
                         "line -----BEGIN PRIVATE KEY-----",
                         "鍵ファイル {0} に PEM 形式の秘密鍵がありません ({1})。-----BEGIN PRIVATE "
                         "KEY----- という行が必要です"},
                   path, why);
}

Status check_dates(const std::string& path, const CertificateInfo& info,
                   TlsServerOptions::Outdated outdated, UnixTime now) {
  Told problem;
  if (now > info.not_after) {
    problem = told(Words{"the certificate in {0} expired on {1}; renew it",
                         "{0} の証明書は {1} に期限が切れました。更新してください"},
                   path, day(info.not_after));
  } else if (now < info.not_before) {
    problem =
        told(Words{"the certificate in {0} is valid from {1} on, which is in the future; "
                   "check this machine's clock (it says {2})",
                   "{0} の証明書は {1} から有効で、まだ使えません。このマシンの時計 (現在 {2}) "
                   "を確認してください"},
             path, day(info.not_before), day(now));
  }
  if (problem.empty()) return {};
  if (outdated == TlsServerOptions::Outdated::kRefuse) return permanent(problem);
  event::warn("tls.certificate_outdated",
              {{event::key::kFile, path}, {event::key::kReason, problem.in(Language::kEnglish)}});
  return {};
}

SslContextPtr new_server_context() {
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  HK_ASSERT(context);
  apply_common_settings(context.get(), kServerCiphers);
  // Sessions are kept by the clients, in tickets; we keep none.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  constexpr unsigned char kContextName[] = "hikyaku";
  SSL_CTX_set_session_id_context(context.get(), kContextName, sizeof kContextName - 1);
  return context;
}

Status use(SSL_CTX* context, const LoadedCertificate& certificate) {
  if (SSL_CTX_use_certificate(context, certificate.leaf.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, certificate.key.get()) != 1) {
    return permanent(Words{"the certificate in {0} can not be used: {1}; get one with a newer key",
                           "{0} の証明書は使えません: {1}。新しい鍵で取り直してください"},
                     certificate.file, take_openssl_error());
  }
  for (const auto& link : certificate.chain) {
    // The chain of the certificate that was given last: each keeps its own.
    if (SSL_CTX_add1_chain_cert(context, link.get()) != 1) {
      return permanent(
          Words{"the chain in {0} can not be used: {1}", "{0} の中間証明書は使えません: {1}"},
          certificate.file, take_openssl_error());
    }
  }
  return {};
}

/// "*.example.org" for "mx.example.org"; empty if it has no label to stand for.
std::string wildcard_of(std::string_view name) {
  const auto dot = name.find('.');
  return dot == std::string_view::npos || dot == 0 ? std::string()
                                                   : "*" + std::string(name.substr(dot));
}

/// Adds those of `names`' certificates whose kind of key is not there yet, in their order.
void add_kinds(const std::vector<LoadedCertificate>& all, const std::vector<std::string>& names,
               std::vector<std::size_t>& group) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto of_kind = [&](std::size_t other) {
      return EVP_PKEY_get_base_id(all[other].key.get()) == EVP_PKEY_get_base_id(all[i].key.get());
    };
    const auto& own = all[i].info.names;
    const bool named = std::ranges::find_first_of(own, names) != own.end();
    if (named && std::ranges::none_of(group, of_kind)) group.push_back(i);
  }
}

}  // namespace

Result<std::shared_ptr<const CertificateSet>> CertificateSet::make(
    std::vector<LoadedCertificate> certificates, const Prepare& prepare,
    std::shared_ptr<const void> shared) {
  HK_ASSERT(!certificates.empty());
  std::shared_ptr<CertificateSet> set(new CertificateSet());
  set->shared_ = std::move(shared);
  Group group{0};
  add_kinds(certificates, certificates.front().info.names, group);
  HK_ASSIGN(set->first_, set->context_of(group, certificates, prepare));
  for (const auto& certificate : certificates) {
    set->infos_.push_back(certificate.info);
    for (const auto& name : certificate.info.names) {
      if (set->by_name_.contains(name)) continue;
      group.clear();
      add_kinds(certificates, {name}, group);
      add_kinds(certificates, {wildcard_of(name)}, group);
      HK_ASSIGN(set->by_name_[name], set->context_of(group, certificates, prepare));
    }
  }
  return set;
}

Result<SSL_CTX*> CertificateSet::context_of(const Group& group,
                                            const std::vector<LoadedCertificate>& all,
                                            const Prepare& prepare) {
  auto& context = contexts_[group];
  if (context) return context.get();
  context = new_server_context();
  for (const std::size_t i : group) HK_TRY(use(context.get(), all[i]));
  prepare(context.get());
  return context.get();
}

SSL_CTX* CertificateSet::find(std::string_view server_name) const {
  std::string name = small_letters(server_name);
  if (name.ends_with('.')) name.pop_back();
  if (const auto exact = by_name_.find(name); exact != by_name_.end()) return exact->second;
  const auto wildcard = by_name_.find(wildcard_of(name));
  return wildcard != by_name_.end() ? wildcard->second : first();
}

Result<LoadedCertificate> load_certificate(const CertificateFiles& files,
                                           TlsServerOptions::Outdated outdated, UnixTime now) {
  HK_ASSIGN(const std::string pem, read_pem_file(files.certificate_file, kCertificateRole));
  const BioPtr in = memory_bio(pem);
  LoadedCertificate out;
  out.file = files.certificate_file;
  out.leaf.reset(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  if (!out.leaf) {
    return permanent(Words{"the certificate file {0} holds no certificate in PEM form ({1}); it "
                           "must have a line -----BEGIN CERTIFICATE-----",
                           "証明書ファイル {0} に PEM 形式の証明書がありません ({1})。-----BEGIN "
                           "CERTIFICATE----- という行が必要です"},
                     files.certificate_file, take_openssl_error());
  }
  out.info = describe(out.leaf.get());
  HK_TRY(check_dates(files.certificate_file, out.info, outdated, now));
  HK_ASSIGN(out.key, load_key(files.key_file));
  if (X509_check_private_key(out.leaf.get(), out.key.get()) != 1) {
    ERR_clear_error();
    return permanent(
        Words{"the key in {0} does not belong to the certificate in {1}; take the pair that was "
              "made together, and mind that the server's own certificate is the first in the file",
              "{0} の鍵は {1} の証明書のものではありません。一緒に作られた組を指定してください。"
              "サーバー自身の証明書がファイルの先頭にあることも確認してください"},
        files.key_file, files.certificate_file);
  }
  while (X509Ptr link{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)}) {
    out.chain.push_back(std::move(link));
  }
  ERR_clear_error();  // the end of the file is an "error" of the reader
  return out;
}

}  // namespace hikyaku::crypto
