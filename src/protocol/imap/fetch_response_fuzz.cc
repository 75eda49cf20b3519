// SPDX-License-Identifier: Apache-2.0
// Property: whatever the message, its ENVELOPE, BODY and BODYSTRUCTURE are what the grammar of RFC
// 9051 §9 says, to the last octet, and show the parts that the message has.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/imap/response/body_structure.h"
#include "protocol/imap/response/envelope.h"
#include "protocol/mime/summarizer.h"

namespace {

using namespace hikyaku;  // NOLINT: the whole file is about it

void require(bool holds) {
  if (!holds) std::abort();
}

/// A client that believes nothing.
class Client {
 public:
  explicit Client(std::string_view text) : rest_(text) {}

  void end() const { require(rest_.empty()); }

  void envelope() {
    expect('(');
    nstring();
    space();
    nstring();
    for (int i = 0; i < 6; ++i) {
      space();
      addresses();
    }
    space();
    nstring();
    space();
    nstring();
    expect(')');
  }

  void body(const mime::Part& part, imap::BodyForm form) {
    expect('(');
    part.is_multipart() ? multipart(part, form) : single(part, form);
    expect(')');
  }

 private:
  void multipart(const mime::Part& part, imap::BodyForm form) {
    for (const auto& child : part.children) body(child, form);
    space();
    string();
    if (form == imap::BodyForm::kBody) return;
    space();
    parameters();
    extension();
  }

  void single(const mime::Part& part, imap::BodyForm form) {
    string();
    space();
    string();
    space();
    parameters();
    space();
    nstring();
    space();
    nstring();
    space();
    string();
    space();
    require(number() == part.octets());
    if (part.is_message()) {
      space();
      envelope();
      space();
      body(part.children.front(), form);
    }
    if (part.is_message() || part.is_text()) {
      space();
      require(number() == part.lines);
    }
    if (form == imap::BodyForm::kBody) return;
    space();
    nstring();
    extension();
  }

  void extension() {
    space();
    if (!nil()) {
      expect('(');
      string();
      space();
      parameters();
      expect(')');
    }
    space();
    if (accept('(')) {
      do string();
      while (accept(' '));
      expect(')');
    } else {
      nstring();
    }
    space();
    nstring();
  }

  void parameters() {
    if (nil()) return;
    expect('(');
    do {
      string();
      space();
      string();
    } while (accept(' '));
    expect(')');
  }

  void addresses() {
    if (nil()) return;
    expect('(');
    do {
      expect('(');
      nstring();
      for (int i = 0; i < 3; ++i) {
        space();
        nstring();
      }
      expect(')');
    } while (peek() == '(');
    expect(')');
  }

  void nstring() {
    if (!nil()) string();
  }
  void string() { accept('{') ? literal() : quoted(); }
  void literal() {
    const auto octets = number();
    expect('}');
    expect('\r');
    expect('\n');
    require(octets <= rest_.size());
    // RFC 9051 §9: CHAR8 has no NUL.
    require(rest_.substr(0, octets).find('\0') == std::string_view::npos);
    rest_.remove_prefix(octets);
  }
  void quoted() {
    expect('"');
    while (!accept('"')) {
      if (accept('\\'))
        require(peek() == '"' || peek() == '\\');
      else
        require(peek() != '\r' && peek() != '\n' && peek() != '\0' &&
                static_cast<unsigned char>(peek()) < 0x80);
      rest_.remove_prefix(1);
    }
  }
  std::uint64_t number() {
    std::uint64_t n = 0;
    require(peek() >= '0' && peek() <= '9');
    while (!rest_.empty() && peek() >= '0' && peek() <= '9') {
      n = n * 10 + static_cast<unsigned char>(peek() - '0');
      rest_.remove_prefix(1);
    }
    return n;
  }
  bool nil() {
    if (!rest_.starts_with("NIL")) return false;
    rest_.remove_prefix(3);
    return true;
  }
  void space() { expect(' '); }
  [[nodiscard]] char peek() const {
    require(!rest_.empty());
    return rest_.front();
  }
  bool accept(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) { require(accept(c)); }

  std::string_view rest_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const auto summary = mime::summarize(message);
  std::string text;
  imap::append_envelope(text, summary.envelope);
  Client envelope(text);
  envelope.envelope();
  envelope.end();
  for (const auto form : {imap::BodyForm::kBody, imap::BodyForm::kBodyStructure}) {
    text.clear();
    imap::append_body(text, summary.structure, form);
    Client body(text);
    body.body(summary.structure.root, form);
    body.end();
  }
  return 0;
}
