// SPDX-License-Identifier: Apache-2.0
// What is made as the server's user.
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "app/admin.h"
#include "app/certificates.h"
#include "app/control_client.h"
#include "app/files.h"
#include "app/quickstart_setup.h"
#include "app/rights.h"
#include "app/site.h"
#include "base/system_words.h"
#include "base/task_scope.h"
#include "port/crypto/certificate.h"
#include "port/crypto/signing_key.h"

namespace hikyaku::app {
namespace {

namespace fs = std::filesystem;

/// Runs administrator's commands: in the running server, or on the store itself.
class Desk {
 public:
  Status open(const config::Config& config) {
    HK_ASSIGN(auto client, ControlClient::connect(config.control.socket));
    if (client) {
      client_.emplace(*std::move(client));
      return {};
    }
    HK_ASSIGN(site_, open_site(config));
    return {};
  }

  Result<Json> run(const std::string& command, Json arguments) {
    if (client_) return client_->run(command, arguments, {});
    auto ports = site_->admin_ports();
    return run_sync(run_admin(&ports, command, std::move(arguments)));
  }

  Status flush() { return site_ ? run_sync(site_->store->flush()) : Status(); }

 private:
  std::optional<ControlClient> client_;
  std::unique_ptr<Site> site_;
};

/// Whether a list of objects has one with this text at `key`.
bool has(const Json& answer, const char* list, const char* key, const std::string& text) {
  const auto at = answer.find(list);
  if (at == answer.end() || !at->is_array()) return false;
  return std::ranges::any_of(
      *at, [&](const Json& one) { return one.is_object() && one.value(key, "") == text; });
}

Status add_domain(Desk& desk, Setup& setup) {
  HK_ASSIGN(const auto all, desk.run("domain list", Json::object()));
  const bool there = has(all, "domains", "domain", setup.domain);
  if (!there) HK_TRY(desk.run("domain add", Json{{"domain", setup.domain}}));
  setup.note_step(Text::kDomain, setup.domain, there ? Step::State::kKept : Step::State::kMade);
  return {};
}

Status add_account(Desk& desk, Setup& setup, const Json& accounts) {
  const bool there = has(accounts, "accounts", "address", setup.address);
  if (!there) {
    HK_ASSIGN(const auto made, desk.run("account add", Json{{"address", setup.address}}));
    setup.password = made.value("password", "");
  }
  setup.note_step(Text::kAccount, setup.address, there ? Step::State::kKept : Step::State::kMade);
  return {};
}

/// Addresses that every domain must have (RFC 2142 §1, §4), unless somebody has them already.
Status add_aliases(Desk& desk, Setup& setup, const Json& accounts) {
  HK_ASSIGN(const auto aliases, desk.run("alias list", Json{{"domain", setup.domain}}));
  for (const auto* local : {"postmaster", "abuse"}) {
    const auto address = local + ("@" + setup.domain);
    if (has(accounts, "accounts", "address", address)) continue;
    const bool there = has(aliases, "aliases", "address", address);
    if (!there)
      HK_TRY(desk.run("alias add", Json{{"address", address}, {"targets", {setup.address}}}));
    setup.note_step(Text::kAlias, address, there ? Step::State::kKept : Step::State::kMade);
  }
  return {};
}

Status add_certificate(Setup& setup) {
  if (!setup.config.certificates.empty()) {
    for (const auto& certificate : setup.config.certificates)
      setup.note_step(Text::kCertificate, certificate.file, Step::State::kKept,
                      say(setup.language, Text::kNoteConfigured));
    return {};
  }
  std::vector<std::string> names{setup.host};
  if (const auto usual = "mail." + setup.domain; usual != setup.host) names.push_back(usual);
  const auto& data = setup.config.server.data;
  std::error_code error;
  const bool there = fs::exists(data + "/tls/self-signed.pem", error) &&
                     fs::exists(data + "/tls/self-signed.key", error);
  HK_ASSIGN(const auto files, self_signed_files(data, names, SystemClock().now()));
  HK_ASSIGN(const auto info, crypto::read_certificate_file(files.certificate_file));
  auto note = say(setup.language, Text::kNoteSelfSigned, fmt::join(info.names, ", "));
  if (std::ranges::find(info.names, setup.host) == info.names.end())
    note = say(setup.language, Text::kNoteNamesLack, setup.host);
  setup.note_step(Text::kCertificate, files.certificate_file,
                  there ? Step::State::kKept : Step::State::kMade, std::move(note));
  return {};
}

Status add_signing_key(Setup& setup) {
  const auto folder = setup.config.server.data + "/dkim";
  const auto file = folder + "/" + setup.domain + ".key";
  std::error_code error;
  const bool there = fs::exists(file, error);
  if (there) {
    HK_ASSIGN(const auto pem, read_file(file));
    auto published = crypto::signing_public_base64(pem);
    if (!published) return std::unexpected(std::move(published).error().in(file));
    setup.signing_key_public = *std::move(published);
  } else {
    fs::create_directories(folder, error);
    if (error)
      return retry_later(
          told(Words{"making {0}: {1}", "{0} の作成: {1}"}, folder, system_told(error)));
    if (::chmod(folder.c_str(), 0700) != 0)
      return system_error(errno, Words{"closing {0} to others", "{0} の権限の変更"}, folder);
    HK_ASSIGN(auto key, crypto::make_signing_key());
    HK_TRY(write_file(file, key.private_pem.reveal(), 0600));
    setup.signing_key_public = std::move(key.public_base64);
  }
  setup.note_step(Text::kSigningKey, file, there ? Step::State::kKept : Step::State::kMade);
  return {};
}

}  // namespace

Status fill_setup(Setup& setup) {
  const auto& server = setup.config.server;
  HK_TRY(become_user(server.user, server.data, UserRequired::kNo));
  HK_TRY(add_certificate(setup));
  HK_TRY(add_signing_key(setup));
  Desk desk;
  HK_TRY(desk.open(setup.config));
  HK_TRY(add_domain(desk, setup));
  HK_ASSIGN(const auto accounts, desk.run("account list", Json{{"domain", setup.domain}}));
  // The password is shown at the end: whatever can fail comes before the account.
  HK_TRY(add_account(desk, setup, accounts));
  HK_TRY(add_aliases(desk, setup, accounts));
  return desk.flush();
}

}  // namespace hikyaku::app
