// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/imap/command/fetch.h"
#include "protocol/imap/response/fetch.h"
#include "protocol/mime/structure.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {

/// Runs one FETCH: what the index has is given at once, records are read many at a time, bodies are
/// streamed piece by piece.
///
/// Files: fetcher.cc goes over the messages; fetch_section.cc gives the octets of sections.
class Fetcher {
 public:
  Fetcher(Session& session, const imap::Fetch& command) : session_(session), command_(command) {}

  /// False when the client is gone.
  Task<bool> run(Positions positions);

  /// Messages that were expunged by somebody else, so that only the index still had them.
  [[nodiscard]] bool some_gone() const { return some_gone_; }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  /// Messages whose octets the store could not read: told in the log, left out of the answer.
  [[nodiscard]] bool some_unreadable() const { return some_unreadable_; }
  /// A part had a transfer encoding that BINARY can not undo (RFC 9051 §6.4.5.1).
  [[nodiscard]] bool unknown_encoding() const { return unknown_encoding_; }

 private:
  using Found = std::optional<mailbox::Message>;

  Task<bool> run_batch(std::vector<std::size_t> positions);
  Task<Status> mark_seen(const Positions* positions);
  [[nodiscard]] bool needs_record() const;
  [[nodiscard]] bool is_wanted(std::size_t position) const;
  /// Takes back what was written of a message that can not be read, from `begun` on. False when a
  /// part of it has been sent, or the client is gone: then nothing can follow.
  [[nodiscard]] bool take_back(std::size_t begun, Uid uid, const Error& error);
  void write_index_items(imap::FetchWriter& writer, const mailbox::Entry& entry) const;
  Task<Status> write_record_items(imap::FetchWriter* writer, mailbox::Message* message);
  Task<Status> load_structure(const mailbox::Message* message);
  /// Envelope and structure of a message whose summary was too large to be kept.
  Task<Status> summarize(mailbox::Message* message);

  // fetch_section.cc
  Task<Status> write_section(imap::FetchWriter* writer, const mailbox::Message* message,
                             const imap::FetchSection* section);
  Task<Status> write_range(imap::FetchWriter* writer, const mailbox::Message* message,
                           const imap::FetchSection* section, mime::OctetRange range);
  Task<Status> write_fields(imap::FetchWriter* writer, const mailbox::Message* message,
                            const imap::FetchSection* section, mime::OctetRange range);
  Task<Status> write_binary(imap::FetchWriter* writer, const mailbox::Message* message,
                            const imap::FetchSection* section);
  Task<Result<std::string>> read_all(BodyId body, mime::OctetRange range);

  Session& session_;
  const imap::Fetch& command_;
  bool flags_too_ = false;  ///< flags changed meanwhile, \Seen by this FETCH: tell them
  std::optional<mime::Structure> structure_;  ///< of the message at hand
  bool part_sent_ = false;                    ///< of the message at hand
  bool some_gone_ = false;
  bool some_unreadable_ = false;
  bool unknown_encoding_ = false;
  std::optional<Error> error_;
};

}  // namespace hikyaku::imap_server
