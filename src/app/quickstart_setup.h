// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/machine_check.h"
#include "app/quickstart.h"
#include "app/quickstart_texts.h"
#include "config/config.h"

namespace hikyaku::app {

/// Something that quickstart made, or found.
struct Step {
  Text item;  ///< kConfiguration, kAccount …
  std::string name;
  enum class State : unsigned char { kMade, kKept } state = State::kMade;
  std::string note;  ///< empty, or one line
};

/// A server that is being set up.
struct Setup {
  std::string address;  ///< canonical
  std::string domain;
  std::string host;
  enum class Place : unsigned char {
    kSystem,     ///< /etc/hikyaku, /var/lib/hikyaku, /etc/systemd/system
    kOwnFolder,  ///< everything in one folder
  } place = Place::kSystem;
  std::string config_file;
  std::string unit_file;
  config::Config config;
  MachineFacts::Server server = MachineFacts::Server::kStopped;
  std::vector<Step> steps;
  std::string password;  ///< only when the account was made now
  std::string signing_key_public;
  Language language = Language::kEnglish;

  void note_step(Text item, std::string name, Step::State state, std::string note = {});
};

inline constexpr std::string_view kSigningSelector = "hikyaku";

/// The command that makes the server's user.
[[nodiscard]] std::string make_user_command(const std::string& user, const std::string& data);

/// With the rights of the start: configuration, user, data folder, unit. What is there is kept.
/// Errors: kPermanent for an address that is none, for a configuration that can not be read, and
///         when the rights are missing, with what to do.
Result<Setup> prepare_setup(const QuickstartOptions& options, Language language);

/// As the server's user, for as long as the process lives: domain, account, aliases, certificate
/// and signing key. Over the control socket when the server runs.
Status fill_setup(Setup& setup);

}  // namespace hikyaku::app
