// SPDX-License-Identifier: Apache-2.0
// What is made with the rights of the start.
#include "app/quickstart_setup.h"

#include <fmt/ranges.h>
#include <grp.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "app/certificates.h"
#include "app/config_file.h"
#include "app/control_client.h"
#include "app/files.h"
#include "app/quickstart_unit.h"
#include "base/system_words.h"
#include "record/directory/address.h"

extern char** environ;

namespace hikyaku::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSystemConfig = "/etc/hikyaku/hikyaku.toml";
constexpr const char* kSystemData = "/var/lib/hikyaku";
constexpr const char* kSystemUnit = "/etc/systemd/system/hikyaku.service";
constexpr const char* kSystemUser = "hikyaku";

/// Who the server is to run as: root's gets a user of its own, others run it themselves.
std::string user_of_server() {
  if (::geteuid() == 0) return kSystemUser;
  const passwd* entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
}

/// Whether a user may go through a folder. One that is not made yet is like all others.
bool may_enter(const fs::path& folder, const passwd* user) {
  struct stat found{};
  if (::stat(folder.c_str(), &found) != 0) return true;  // it is made later
  if (user != nullptr && found.st_uid == user->pw_uid) return (found.st_mode & S_IXUSR) != 0;
  if (user != nullptr && found.st_gid == user->pw_gid) return (found.st_mode & S_IXGRP) != 0;
  return (found.st_mode & S_IXOTH) != 0;
}

/// The server's user must come to a folder that root chooses: asked before anything is made.
Status check_way(const fs::path& folder) {
  const passwd* user = ::getpwnam(kSystemUser);
  for (auto at = folder.parent_path();; at = at.parent_path()) {
    if (!may_enter(at, user))
      return permanent(
          Words{
              "the server runs as the user \"{0}\", who may not enter {1}, so it could not reach "
              "{2}: choose a folder that all may enter, such as /srv/{0}, or open that one: chmod "
              "o+x {1}",
              "サーバーはユーザー \"{0}\" として動作しますが、{1} に入る権限がなく {2} "
              "に届きません。"
              "/srv/{0} のように誰でも入れるフォルダーを選ぶか、次で開いてください: chmod o+x {1}"},
          kSystemUser, at.string(), folder.string());
    if (at == at.parent_path()) return {};
  }
}

/// Lets the server's user into the folder itself, which stays root's: what lies there is started by
/// root.
Status open_folder(const Setup& setup) {
  const passwd* user = ::getpwnam(setup.config.server.user.c_str());
  const auto folder = fs::path(setup.config_file).parent_path();
  if (::geteuid() != 0 || user == nullptr || may_enter(folder, user)) return {};
  struct stat found{};
  if (::stat(folder.c_str(), &found) != 0 || ::chown(folder.c_str(), 0, user->pw_gid) != 0 ||
      ::chmod(folder.c_str(), (found.st_mode & 07777U) | S_IRGRP | S_IXGRP) != 0)
    return system_error(errno, Words{"letting {0} into {1}", "{0} に {1} を開くこと"},
                        setup.config.server.user, folder.string());
  return {};
}

std::string group_of(const std::string& user) {
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) return user;
  const group* primary = ::getgrgid(entry->pw_gid);
  return primary != nullptr ? primary->gr_name : std::to_string(entry->pw_gid);
}

/// What a text must not have that goes into a configuration and a unit.
Status check_path(const std::string& path) {
  const bool odd = std::ranges::any_of(
      path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!odd) return {};
  return permanent(Words{"--data has control characters in its name; take another folder",
                         "--data の名前に制御文字があります。別のフォルダーを指定してください"});
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string config_text(const Setup& setup, const std::string& data, const std::string& user) {
  return fmt::format(
      "# hikyaku on {0}. `hikyaku config defaults` shows every key with its meaning.\n\n"
      "[server]\nhostname = {1}\ndata = {2}\nuser = {3}\n\n"
      "[smtp]\n"
      "# Takes mail for postmaster where nobody has that address.\n"
      "postmaster = {4}\n\n"
      "# No [[listener]] is named: then the standard ports are served, 25, 465, 587, 143, 993,\n"
      "# 110 and 995, on all addresses.\n",
      setup.host, toml_text(setup.host), toml_text(data), toml_text(user),
      toml_text(setup.address));
}

std::unexpected<Error> no_folder(const std::string& folder, const std::error_code& why) {
  return permanent(told(Words{"{0}: {1}; take another folder with --data",
                              "{0}: {1}。--data で別のフォルダーを指定してください"},
                        folder, system_told(why)));
}

Status make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return permanent(told(Words{"making {0}: {1}", "{0} を作れません: {1}"}, folder.string(),
                          system_told(error)));
  return {};
}

/// Where everything goes. The folder is made here, so that its name can be made canonical.
Status choose_places(const QuickstartOptions& options, Setup& setup, std::string& data) {
  if (options.data.empty()) {
    if (::geteuid() != 0)
      return permanent(Words{
          "quickstart needs root for /etc/hikyaku, /var/lib/hikyaku and the systemd unit: run it "
          "with sudo, or give --data DIR to have everything in a folder of yours",
          "/etc/hikyaku、/var/lib/hikyaku、systemd ユニットを作るには root が必要です。sudo "
          "で実行する"
          "か、--data DIR で自分のフォルダーにすべてを置いてください"});
    setup.config_file = kSystemConfig;
    setup.unit_file = kSystemUnit;
    data = kSystemData;
    return make_folder("/etc/hikyaku");
  }
  HK_TRY(check_path(options.data));
  std::error_code error;
  const auto wanted = fs::weakly_canonical(fs::absolute(options.data, error), error);
  if (error) return no_folder(options.data, error);
  if (::geteuid() == 0 && !fs::exists(wanted / "hikyaku.toml", error)) HK_TRY(check_way(wanted));
  HK_TRY(make_folder(options.data));
  const auto folder = fs::canonical(options.data, error).string();
  if (error) return no_folder(options.data, error);
  setup.place = Setup::Place::kOwnFolder;
  setup.config_file = folder + "/hikyaku.toml";
  setup.unit_file = folder + "/hikyaku.service";
  data = folder + "/data";
  return {};
}

Status make_config(const QuickstartOptions& options, Setup& setup, const std::string& data) {
  std::error_code error;
  const bool there = fs::exists(setup.config_file, error);
  if (!there) {
    HK_TRY(write_file(setup.config_file, config_text(setup, data, user_of_server()), 0644));
  }
  HK_ASSIGN(setup.config, load_config(setup.config_file));
  const auto wanted = setup.host;
  setup.host = host_name(setup.config);
  std::string note;
  if (!options.hostname.empty() && wanted != setup.host)
    note = say(setup.language, Text::kNoteHostStays, setup.host);
  setup.note_step(Text::kConfiguration, setup.config_file,
                  there ? Step::State::kKept : Step::State::kMade, std::move(note));
  return {};
}

/// Runs a program with its output on our standard error; whether it ended well.
bool run_program(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return false;
  int state = 0;
  while (::waitpid(child, &state, 0) < 0)
    if (errno != EINTR) return false;
  return WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

std::vector<std::string> user_words(const std::string& user, const std::string& data) {
  return {"/usr/sbin/useradd", "--system",          "--user-group",
          "--no-create-home",  "--home-dir",        data,
          "--shell",           "/usr/sbin/nologin", user};
}

/// When it can not be made, the check of the machine says so, with the command.
void make_user(Setup& setup) {
  const auto& user = setup.config.server.user;
  if (::geteuid() != 0 || user == "root") return;
  const bool there = ::getpwnam(user.c_str()) != nullptr;
  if (!there && !run_program(user_words(user, setup.config.server.data))) return;
  setup.note_step(Text::kSystemUser, user, there ? Step::State::kKept : Step::State::kMade);
}

/// The data folder is for the server alone.
Status make_data_folder(Setup& setup) {
  const auto& data = setup.config.server.data;
  std::error_code error;
  const bool there = fs::is_directory(data, error);
  if (!there) {
    HK_TRY(make_folder(data));
    if (::chmod(data.c_str(), 0700) != 0)
      return system_error(errno, Words{"closing {0} to others", "{0} の権限の変更"}, data);
  }
  setup.note_step(Text::kDataFolder, data, there ? Step::State::kKept : Step::State::kMade);
  return {};
}

/// Whether every user may run the program: a build in somebody's home mostly can not be.
bool is_open_to_all(fs::path path) {
  std::error_code error;
  for (; !error && path.has_relative_path(); path = path.parent_path())
    if ((fs::status(path, error).permissions() & fs::perms::others_exec) == fs::perms::none)
      return false;
  return !error;
}

Status make_unit(Setup& setup) {
  const auto& server = setup.config.server;
  const auto text =
      unit_text({own_path(), setup.config_file, server.data, server.user, group_of(server.user)});
  std::error_code error;
  const bool there = fs::exists(setup.unit_file, error);
  std::string note;
  if (there) {
    const auto old = read_file(setup.unit_file);
    if (!old || *old != text) note = say(setup.language, Text::kNoteUnitDiffers);
  } else {
    HK_TRY(make_folder(fs::path(setup.unit_file).parent_path()));
    HK_TRY(write_file(setup.unit_file, text, 0644));
    const auto binary = own_path();
    if (::geteuid() == 0 && server.user != "root" && !is_open_to_all(binary))
      note = say(setup.language, Text::kNoteUnitBinary, binary);
  }
  setup.note_step(Text::kUnit, setup.unit_file, there ? Step::State::kKept : Step::State::kMade,
                  std::move(note));
  return {};
}

}  // namespace

void Setup::note_step(Text item, std::string name, Step::State state, std::string note) {
  steps.push_back({item, std::move(name), state, std::move(note)});
}

std::string make_user_command(const std::string& user, const std::string& data) {
  return fmt::format("{}", fmt::join(user_words(user, data), " "));
}

Result<Setup> prepare_setup(const QuickstartOptions& options, Language language) {
  Setup setup;
  setup.language = language;
  HK_ASSIGN(const auto address, directory::parse_new_address(options.address));
  setup.address = address.canonical();
  setup.domain = address.domain;
  setup.host = "mail." + address.domain;
  if (!options.hostname.empty()) {
    HK_ASSIGN(setup.host, directory::normalize_domain(options.hostname));
  }
  // Configuration and unit are read by the server's user; what is secret is made with its own mode.
  ::umask(0022);
  std::string data;
  HK_TRY(choose_places(options, setup, data));
  HK_TRY(make_config(options, setup, data));
  make_user(setup);
  HK_TRY(open_folder(setup));
  HK_TRY(make_data_folder(setup));
  HK_TRY(make_unit(setup));
  HK_ASSIGN(const auto running, ControlClient::connect(setup.config.control.socket));
  if (running) setup.server = MachineFacts::Server::kRuns;
  return setup;
}

}  // namespace hikyaku::app
