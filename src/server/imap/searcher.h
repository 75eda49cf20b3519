// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "protocol/imap/command/search.h"
#include "protocol/mime/structure.h"
#include "protocol/mime/text.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {

/// Runs one SEARCH over the messages that the client is shown: by the index where that is enough,
/// then by the records, the headers and at last the text of those that are still open. Substrings
/// are found in decoded text, without regard to case (RFC 9051 §6.4.4).
///
/// Files: searcher.cc goes over the messages; search_key.cc evaluates the tree.
class Searcher {
 public:
  Searcher(Session& session, const imap::Search& command);

  /// Positions of what was found, rising.
  Task<Result<std::vector<std::size_t>>> run();
  /// The command looked at mod-sequences: the answer has the highest one (RFC 7162 §3.1.5).
  [[nodiscard]] bool uses_mod_seq() const { return uses_mod_seq_; }
  /// The command named messages by their numbers.
  [[nodiscard]] bool uses_numbers() const { return uses_numbers_; }

 private:
  /// One message as far as it has been looked at.
  struct Candidate {
    std::size_t position = 0;
    const mailbox::Entry* entry = nullptr;
    const mailbox::Message* record = nullptr;
    const std::string* header = nullptr;
    const std::vector<bool>* text = nullptr;  ///< by number of the needle
  };
  using Verdict = std::optional<bool>;  ///< nullopt: more of the message must be known

  void prepare(const imap::SearchKey& key);
  [[nodiscard]] std::string to_utf8(std::string_view text) const;
  Task<Result<bool>> look_inside(Candidate candidate);
  Task<Result<std::string>> read_header(const mailbox::Message* record, mime::Structure* structure);
  Task<Status> read_text(const mailbox::Message* record, const mime::Structure* structure,
                         std::vector<bool>* found);

  // search_key.cc
  /// Where a field of that name can be looked for; nullptr: the header must be read.
  [[nodiscard]] static const std::string* header_with(std::string_view field, const Candidate& c);
  [[nodiscard]] Verdict evaluate(const imap::SearchKey& key, const Candidate& candidate) const;
  [[nodiscard]] Verdict match(const imap::SearchFlag& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchKeyword& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchText& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchHeader& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchDate& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchAge& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchSize& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchSet& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchModSeq& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchObject& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchNot& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchOr& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchAnd& key, const Candidate& c) const;
  [[nodiscard]] Verdict match(const imap::SearchAll& key, const Candidate& c) const;

  Session& session_;
  const imap::Search& command_;
  imap::SearchKey root_;
  std::shared_ptr<const mailbox::Index> index_;
  UnixTime now_;
  bool uses_mod_seq_ = false;
  bool uses_numbers_ = false;
  // What is computed once for a key, found by where the key lies.
  std::unordered_map<const void*, Positions> sets_;
  std::unordered_map<const void*, mime::TextNeedle> texts_;
  std::unordered_map<const void*, std::size_t> needles_;
  std::vector<std::string> body_needles_;  ///< BODY: numbers 0 …
  std::vector<std::string> text_needles_;  ///< TEXT: the numbers after those
};

}  // namespace hikyaku::imap_server
