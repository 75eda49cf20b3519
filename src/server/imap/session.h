// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "port/net/pace.h"
#include "protocol/imap/response/status_line.h"
#include "protocol/imap/server_reader.h"
#include "protocol/imap/session_state.h"
#include "protocol/mime/summarizer.h"
#include "server/imap/positions.h"
#include "server/imap/server.h"

namespace hikyaku::imap_server {

/// The mailbox that is open, as the client has been told of it.
struct Selected {
  enum class Access : unsigned char { kReadWrite, kReadOnly };
  mailbox::View shown;
  Access access = Access::kReadWrite;
  bool gone = false;  ///< somebody deleted the mailbox
  std::size_t keywords_told = 0;

  [[nodiscard]] MailboxId id() const { return shown.info->id; }
  [[nodiscard]] const mailbox::Index& index() const { return *shown.index; }
  [[nodiscard]] bool read_only() const { return access == Access::kReadOnly; }
};

/// One connection.
///
/// Files: session.cc reads, writes and hands each command to its file in command/; sync.cc tells
/// the client what others have changed.
class Session {
 public:
  Session(const Options& options, const Ports& ports, net::StreamPtr stream);
  Task<void> run();

 private:
  enum class Flow : unsigned char { kGoOn, kEnd };

  Task<Flow> react(imap::Reaction reaction);
  Task<Flow> need_input();
  /// Writes the output that has gathered; false when the client is gone.
  Task<bool> flush();
  /// The same, once there is much of it: in the middle of long answers.
  Task<bool> flush_some();
  Task<Flow> execute(imap::Command command);
  void reject(const imap::Rejected& rejected);
  void bye(std::string_view text);

  // The tagged reply of the command at hand.
  void ok(std::string_view text, std::string_view code = {});
  /// Tells what others changed, then OK.
  Task<void> done(std::string_view text, std::string code = {});
  void no(std::string_view text, std::string_view code = {});
  void bad(std::string_view text);
  /// NO with the error's text; [UNAVAILABLE] (RFC 5530) for what passes.
  /// What a client is told when the store could not do it.
  [[nodiscard]] static std::string_view not_now(const Error& error);
  void failed(const Error& error);

  // sync.cc
  /// Tells what has changed in the open mailbox since the client was told last.
  Task<void> sync(imap::ExpungeRule rule);
  /// Advances what is shown to `view` and tells it.
  void show(mailbox::View view);
  /// The same while message numbers must not move: messages that are gone are shown as they were
  /// until show(). Tells new messages and keywords; flags that `changed` are for the caller, with
  /// tell_held_back() after them.
  mailbox::Difference advance_but_gone(mailbox::View view);
  void tell_held_back(const mailbox::Difference& difference);
  void tell_flags(std::size_t position);
  void tell_keywords();
  [[nodiscard]] std::vector<std::string_view> keyword_names(std::uint64_t mask) const;
  /// Which messages a set means; nullopt when it names a message number that is not there.
  [[nodiscard]] std::optional<Positions> resolve(const imap::SequenceSet& set,
                                                 imap::Addressing addressing) const;
  [[nodiscard]] std::vector<Uid> uids_at(const Positions& positions) const;

  /// A name from the wire, or the refusal is written and nullopt returned.
  [[nodiscard]] std::optional<std::string> mailbox_name(std::string_view wire);
  /// The mailbox of that name, or the refusal is written.
  Task<std::optional<mailbox::Info>> find_mailbox(std::string wire, std::string_view code);

  // command/bare.cc
  [[nodiscard]] std::string capabilities() const;
  void greet();

  // command/*.cc
  Task<void> run_command(imap::Capability command);
  Task<void> run_command(imap::Noop command);
  Task<void> run_command(imap::Logout command);
  Task<void> run_command(imap::ClientId command);
  Task<void> run_command(imap::StartTls command);
  Task<void> run_command(imap::Authenticate command);
  Task<void> run_command(imap::Login command);
  Task<void> run_command(imap::Enable command);
  Task<void> run_command(imap::Select command);
  Task<void> run_command(imap::Create command);
  Task<void> run_command(imap::Delete command);
  Task<void> run_command(imap::Rename command);
  Task<void> run_command(imap::Subscribe command);
  Task<void> run_command(imap::Unsubscribe command);
  Task<void> run_command(imap::List command);
  Task<void> run_command(imap::Lsub command);
  Task<void> run_command(imap::Namespace command);
  Task<void> run_command(imap::MailboxStatus command);
  Task<void> run_command(imap::Idle command);
  Task<void> run_command(imap::Check command);
  Task<void> run_command(imap::CloseMailbox command);
  Task<void> run_command(imap::Unselect command);
  Task<void> run_command(imap::Expunge command);
  Task<void> run_command(imap::Search command);
  Task<void> run_command(imap::Fetch command);
  Task<void> run_command(imap::Store command);
  Task<void> run_command(imap::Copy command);
  Task<void> run_command(imap::Move command);

  // command/login.cc
  Task<void> log_in(std::string user, Secret password, std::string_view mechanism);
  /// Says how a login went, or goes on with it.
  Task<void> settle(login::Outcome outcome);
  void login_refused(const login::Refused& refused);
  [[nodiscard]] login::Trust trust() const;
  Task<Flow> take_line(std::string_view text);
  Task<void> make_ready(directory::Account account, std::string_view mechanism);

  // command/select.cc
  void close_selected();

  // resync.cc
  /// As by ENABLE; says where the open mailbox stands when that is due (RFC 7162 §3.1).
  void enable(imap::Feature feature);
  void tell_highest_mod_seq(std::string_view text);
  Task<void> tell_resync(imap::Select::QResync known);
  /// Which of these UIDs have vanished; too many where the change log does not reach back so far.
  Task<imap::NumberSet> vanished_since(ModSeq since, imap::NumberSet asked);

  // command/store.cc
  void tell_stored(const imap::Store& command, const mailbox::View& view,
                   const mailbox::FlagsResult& result, const Positions& asked);

  // command/append.cc
  Task<void> append_begin(imap::AppendBegin begin);
  void append_has_nul(imap::AppendMessage::Form form);
  Task<void> append_data(std::string_view octets);
  void append_message_end();
  Task<void> append_end(imap::AppendEnd end);

  // command/search.cc
  void save_found(const imap::Search& command, const imap::NumberSet& uids);

  // command/idle.cc
  Task<bool> wait_in_idle(net::Deadline until);

  // command/list.cc
  enum class ListAs : unsigned char { kList, kLsub };
  Task<void> list_mailboxes(imap::List command, ListAs as);

  const Options& options_;
  const Ports& ports_;
  net::StreamPtr stream_;
  net::Pace pace_;
  std::string client_;
  imap::ServerReader reader_;
  imap::SessionState state_;
  std::string out_;
  bool ended_ = false;  ///< BYE was said

  std::string tag_;  ///< of the command at hand
  const imap::CommandInfo* info_ = nullptr;
  std::size_t failed_logins_ = 0;
  std::optional<login::Login> login_;

  std::optional<directory::Account> who_;
  mailbox::AccountPtr account_;
  std::optional<Selected> selected_;
  imap::NumberSet saved_;  ///< UIDs of the last SEARCH RETURN (SAVE) (RFC 5182)

  struct Appending;
  struct AppendingDelete {
    void operator()(Appending* appending) const noexcept;
  };
  std::unique_ptr<Appending, AppendingDelete> appending_;

  friend class Fetcher;
  friend class Searcher;
};

}  // namespace hikyaku::imap_server
