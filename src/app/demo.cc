// SPDX-License-Identifier: Apache-2.0
#include "app/demo.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <iterator>

#include "app/certificates.h"
#include "app/config_file.h"
#include "app/files.h"
#include "app/json.h"
#include "app/site.h"
#include "base/system_words.h"
#include "base/task_scope.h"

namespace hikyaku::app {
namespace {

constexpr std::string_view kHost = "127.0.0.1";

struct Port {
  const char* protocol;
  std::uint16_t offset;
};
constexpr std::array kPorts{Port{"smtp", 525},        Port{"lmtp", 424}, Port{"submission", 587},
                            Port{"submissions", 465}, Port{"imap", 143}, Port{"imaps", 993},
                            Port{"pop3", 110},        Port{"pop3s", 995}};
constexpr std::array kDomains{"hikyaku.example", "courier.example"};
struct Person {
  const char* address;
  const char* name;
};
constexpr std::array kPeople{Person{"alice@hikyaku.example", "Alice"},
                             Person{"bob@hikyaku.example", "Bob"},
                             Person{"carol@courier.example", "Carol"}};

std::string config_text(const std::string& data, std::uint16_t base) {
  std::string out = fmt::format(
      "# A demo site on loopback; `hikyaku config defaults` shows every key.\n\n"
      "[server]\nhostname = \"mail.hikyaku.example\"\ndata = \"{}\"\nuser = \"root\"\n\n"
      "[smtp]\npostmaster = \"alice@hikyaku.example\"\n\n"
      "[auth]\ncram_md5 = true  # to show it: off is safer\n\n"
      "[control]\nsocket = \"{}/control.sock\"\n",
      data, data);
  for (const auto& port : kPorts)
    fmt::format_to(std::back_inserter(out),
                   "\n[[listener]]\nprotocol = \"{}\"\naddress = \"{}\"\nport = {}\n",
                   port.protocol, kHost, base + port.offset);
  return out;
}

/// Adds what is not there yet; known passwords (of an earlier demo.json) are kept.
Task<Result<Json>> fill(Site* site, Json known) {
  Json accounts = Json::array();
  for (const auto* domain : kDomains) {
    HK_CO_ASSIGN(const bool there, co_await site->directory->is_local_domain(domain));
    if (!there) HK_CO_TRY(co_await site->directory->add_domain(domain));
  }
  for (const auto& person : kPeople) {
    std::string password;
    for (const auto& account : known)
      if (account.value("address", "") == person.address) password = account.value("password", "");
    HK_CO_ASSIGN(const auto account, co_await site->directory->account(person.address));
    if (password.empty() || !account) {
      auto fresh = directory::generate_password();
      password = fresh.reveal();
      if (account) {
        HK_CO_TRY(co_await site->directory->set_password(person.address, std::move(fresh)));
      } else {
        const auto added =
            co_await site->directory->add_account(person.address, std::move(fresh), person.name);
        if (!added) co_return std::unexpected(added.error());
      }
    }
    accounts.push_back(Json{{"address", person.address}, {"password", password}});
  }
  HK_CO_TRY(co_await site->store->flush());
  co_return accounts;
}

Json known_accounts(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return Json::array();
  const auto json = parse_json(*text);
  if (!json || !json->is_object() || !json->contains("accounts")) return Json::array();
  return (*json)["accounts"];
}

}  // namespace

Status make_demo(const std::string& dir, std::uint16_t port_base) {
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  if (error)
    return permanent(told(Words{"making {0}: {1}; take another folder with --dir",
                                "{0} を作れません: {1}。--dir で別のフォルダーを指定してください"},
                          dir, system_told(error)));
  const auto root = std::filesystem::canonical(dir, error).string();
  const auto config_file = root + "/hikyaku.toml";
  const auto facts_file = root + "/demo.json";
  HK_TRY(write_file(config_file, config_text(root + "/data", port_base), 0644));
  HK_ASSIGN(const auto config, load_config(config_file));
  HK_ASSIGN(const auto site, open_site(config));
  HK_ASSIGN(const auto tls,
            self_signed_files(config.server.data,
                              {config.server.hostname, "localhost", std::string(kHost)},
                              site->clock.now()));
  HK_ASSIGN(const auto accounts, run_sync(fill(site.get(), known_accounts(facts_file))));

  Json facts{{"host", kHost}};
  facts["ports"] = Json::object();
  for (const auto& port : kPorts) facts["ports"][port.protocol] = port_base + port.offset;
  facts["domains"] = kDomains;
  facts["accounts"] = accounts;
  facts["certificate"] = tls.certificate_file;
  facts["config"] = config_file;
  facts["data"] = config.server.data;
  facts["binary"] = own_path();
  facts["pid"] = 0;
  return write_file(facts_file, facts.dump(2) + "\n", 0600);
}

void note_demo_pid(const std::string& config_file) {
  const auto file = (std::filesystem::path(config_file).parent_path() / "demo.json").string();
  const auto text = read_file(file);
  if (!text) return;
  auto json = parse_json(*text);
  if (!json || !json->is_object() || !json->contains("pid")) return;
  (*json)["pid"] = ::getpid();
  ignore(write_file(file, json->dump(2) + "\n", 0600), "scripts can do without");
}

}  // namespace hikyaku::app
