// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hikyaku::lookup {

enum class Type : unsigned char { kA, kAaaa, kMx, kPtr, kTxt };

/// "A", "AAAA", "MX", "PTR" or "TXT".
std::string_view name_of(Type type);

struct Question {
  std::string name;  ///< small letters, no final dot
  Type type = Type::kTxt;
  auto operator<=>(const Question&) const = default;
};

/// For a name as a peer or a record wrote it: letters made small, one final dot dropped.
Question question(std::string_view name, Type type);

struct Answer {
  enum class Status : unsigned char {
    kFound,     ///< records has at least one
    kNoData,    ///< the name exists, without records of this type
    kNxDomain,  ///< the name does not exist
    kFailed,    ///< none to be had now: SERVFAIL, timeout, forged (DNSSEC). A temporary error.
  };
  Status status = Status::kFailed;
  /// kA: 4 octets; kAaaa: 16 octets; kMx: the host, in order of preference, "" for a null MX;
  /// kPtr: the name; kTxt: the strings of one record, joined (RFC 7208 §3.3).
  std::vector<std::string> records;
  bool secure = false;  ///< validated by DNSSEC
  std::string why;      ///< for kFailed: text for the administrator
};

/// What DNS has said so far.
class Facts {
 public:
  /// Null: not known.
  const Answer* find(const Question& question) const;
  /// The first answer to a question stays.
  void add(Question question, Answer answer);
  /// In the order of the questions.
  const std::map<Question, Answer>& all() const { return answers_; }

 private:
  std::map<Question, Answer> answers_;
};

/// One run of an evaluator over what is known; collects what is missing.
class Asker {
 public:
  explicit Asker(const Facts& facts) : facts_(&facts) {}

  /// Null: not known, and noted as missing.
  const Answer* ask(const Question& question);
  /// Each once, in the order they were asked. Not empty: the evaluator's result counts for nothing.
  const std::vector<Question>& missing() const { return missing_; }

 private:
  const Facts* facts_;
  std::vector<Question> missing_;
};

}  // namespace hikyaku::lookup
