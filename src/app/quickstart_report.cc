// SPDX-License-Identifier: Apache-2.0
#include "app/quickstart_report.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <set>

#include "app/files.h"

namespace hikyaku::app {
namespace {

using config::Protocol;

constexpr std::string_view kUsualConfig = "/etc/hikyaku/hikyaku.toml";

/// Quoted where a shell would see more than a word.
std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%+=:,./_-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

struct Program {
  const char* key;
  const char* name;
  Protocol tls;       ///< TLS at once
  Protocol starttls;  ///< where that is not served
};
constexpr std::array kPrograms{
    Program{"imap", "IMAP", Protocol::kImaps, Protocol::kImap},
    Program{"smtp", "SMTP", Protocol::kSubmissions, Protocol::kSubmission},
    Program{"pop3", "POP3", Protocol::kPop3s, Protocol::kPop3}};

Json clients_json(const Setup& setup) {
  Json out{{"user", setup.address}};
  for (const auto& program : kPrograms) {
    const auto at_once = port_of(setup.config, program.tls);
    const auto port = at_once != 0 ? at_once : port_of(setup.config, program.starttls);
    if (port != 0)
      out[program.key] = Json{
          {"host", setup.host}, {"port", port}, {"security", at_once != 0 ? "tls" : "starttls"}};
  }
  return out;
}

/// Ports that others must reach.
std::string open_ports(const config::Config& config) {
  std::set<std::uint16_t> ports;
  for (const auto& listener : config.listeners)
    if (listener.path.empty() && listener.protocol != Protocol::kLmtp) ports.insert(listener.port);
  return fmt::format("{}", fmt::join(ports, ", "));
}

std::vector<std::string> next_steps(const Report& report) {
  const auto& setup = report.setup;
  const auto in = setup.language;
  std::vector<std::string> out;
  out.push_back(say(in, Text::kNextPublish));
  out.push_back(say(in, Text::kNextFirewall, open_ports(setup.config)));
  if (setup.server == MachineFacts::Server::kRuns) {
    out.push_back(say(in, Text::kNextRestart));
  } else {
    const bool system = setup.place == Setup::Place::kSystem;
    out.push_back(
        say(in, system ? Text::kNextStartUnit : Text::kNextStartCopy, report.commands.start));
    out.back() += "\n" + say(in, Text::kNextForeground, report.commands.serve);
  }
  if (setup.config.certificates.empty())
    out.push_back(say(in, Text::kNextCertificate, setup.config_file));
  out.push_back(say(in, Text::kNextAgain, report.commands.quickstart));
  return out;
}

/// Lines after the first one are set in as far as the first one's text.
std::string set_in(std::string_view text, std::size_t columns) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out.append(columns, ' ');
  }
  return out;
}

template <class... Values>
void line(std::string& out, fmt::format_string<Values...> format, Values&&... values) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Values>(values)...);
  out += '\n';
}

void print_steps(const Report& report, std::string& out) {
  const auto& setup = report.setup;
  const auto in = setup.language;
  line(out, "{}\n", say(in, Text::kTitle, setup.address, setup.host));
  for (const auto& step : setup.steps) {
    const auto state = step.state == Step::State::kMade ? Text::kMade : Text::kKept;
    line(out, "  {:<8}  {:<18}  {}", text_of(state, in), text_of(step.item, in), step.name);
    if (!step.note.empty()) line(out, "  {:<8}  {:<18}  {}", "", "", step.note);
  }
  if (setup.password.empty()) {
    line(out, "\n  {}", say(in, Text::kPasswordStays, report.commands.password));
  } else {
    line(out, "\n  {}", say(in, Text::kPassword, setup.password));
    line(out, "  {}", say(in, Text::kPasswordOnce, report.commands.password));
  }
}

void print_checks(const Report& report, std::string& out) {
  line(out, "\n{}", text_of(Text::kMachine, report.setup.language));
  for (const auto& check : report.checks) {
    const auto* mark = check.state == Check::State::kOk     ? "ok"
                       : check.state == Check::State::kWarn ? "!!"
                                                            : "??";
    line(out, "  [{}]  {}", mark, check.what);
    if (!check.remedy.empty()) line(out, "        -> {}", check.remedy);
  }
}

void print_records(const Report& report, std::string& out) {
  line(out, "\n{}", say(report.setup.language, Text::kRecords, report.setup.domain));
  std::string_view why;
  for (const auto& record : report.records) {
    if (record.why != why) line(out, "  ; {}", record.why);
    why = record.why;
    line(out, "  {}", zone_line(record));
  }
}

void print_programs(const Report& report, std::string& out) {
  const auto in = report.setup.language;
  line(out, "\n{}", text_of(Text::kPrograms, in));
  line(out, "  {:<12}  {}", text_of(Text::kUserName, in), report.setup.address);
  const auto clients = clients_json(report.setup);
  for (const auto& program : kPrograms) {
    const auto at = clients.find(program.key);
    if (at == clients.end()) continue;
    line(out, "  {:<12}  {}  {}  {}", program.name, at->value("host", ""), at->value("port", 0U),
         at->value("security", "") == "tls" ? "SSL/TLS" : "STARTTLS");
  }
}

}  // namespace

std::uint16_t port_of(const config::Config& config, Protocol protocol) {
  for (const auto& listener : config.listeners)
    if (listener.protocol == protocol && listener.path.empty()) return listener.port;
  return 0;
}

std::string program_name() {
  namespace fs = std::filesystem;
  const auto own = own_path();
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const auto folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    std::error_code error;
    if (!folder.empty() && fs::equivalent(fs::path(folder) / "hikyaku", own, error))
      return "hikyaku";
  }
  return shell_word(own);
}

Commands commands_of(const Setup& setup, const std::string& program) {
  const auto address = shell_word(setup.address);
  const auto config =
      setup.config_file == kUsualConfig ? "" : " --config " + shell_word(setup.config_file);
  const auto unit = shell_word(setup.unit_file);
  Commands out;
  out.quickstart = program + " quickstart " + address;
  out.start = "systemctl enable --now hikyaku";
  if (setup.place == Setup::Place::kOwnFolder) {
    const auto folder = std::filesystem::path(setup.config_file).parent_path().string();
    out.quickstart += " --data " + shell_word(folder);
    out.start = "cp " + unit + " /etc/systemd/system/ && " + out.start;
  }
  out.serve = program + " serve" + config;
  out.password = program + " account password " + address + config;
  return out;
}

std::string report_text(const Report& report) {
  std::string out;
  print_steps(report, out);
  print_checks(report, out);
  print_records(report, out);
  print_programs(report, out);
  line(out, "\n{}", text_of(Text::kNext, report.setup.language));
  std::size_t number = 0;
  for (const auto& step : next_steps(report)) line(out, "  {}. {}", ++number, set_in(step, 5));
  return out;
}

Json report_json(const Report& report) {
  const auto& setup = report.setup;
  Json out{{"address", setup.address}, {"domain", setup.domain}, {"hostname", setup.host}};
  if (!setup.password.empty()) out["password"] = setup.password;
  out["config"] = setup.config_file;
  out["data"] = setup.config.server.data;
  out["unit"] = setup.unit_file;
  out["steps"] = Json::array();
  for (const auto& step : setup.steps) {
    Json one{{"item", text_of(step.item, Language::kEnglish)},
             {"name", step.name},
             {"state", step.state == Step::State::kMade ? "made" : "kept"}};
    if (!step.note.empty()) one["note"] = step.note;
    out["steps"].push_back(std::move(one));
  }
  out["checks"] = Json::array();
  for (const auto& check : report.checks) {
    Json one{{"name", check.name}, {"state", name_of(check.state)}, {"what", check.what}};
    if (!check.remedy.empty()) one["remedy"] = check.remedy;
    out["checks"].push_back(std::move(one));
  }
  out["dns"] = Json::array();
  for (const auto& record : report.records)
    out["dns"].push_back(Json{{"name", record.name},
                              {"type", record.type},
                              {"value", record.value},
                              {"zone_line", zone_line(record)},
                              {"fill_in", record.ready == DnsRecord::Ready::kFillIn},
                              {"why", record.why}});
  out["clients"] = clients_json(setup);
  out["next"] = next_steps(report);
  return out;
}

}  // namespace hikyaku::app
