// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dkim/field_writer.h"

#include "protocol/mime/transfer_encoding.h"

namespace hikyaku::dkim {
namespace {

constexpr std::size_t kLineOctets = 78;
constexpr std::string_view kFold = "\r\n ";

/// Text that may be broken anywhere, behind `column` octets of its line.
std::string folded(std::size_t column, std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (column + 1 >= kLineOctets) {
      out += kFold;
      column = 1;
    }
    const auto piece = text.substr(0, kLineOctets - 1 - column);  // 1: a ";" behind the last
    out += piece;
    column += piece.size();
    text.remove_prefix(piece.size());
  }
  return out;
}

}  // namespace

FieldWriter::FieldWriter(std::string_view field_name, Base64 base64)
    : out_(field_name), base64_(base64) {
  out_ += ": ";
  column_ = out_.size();
}

std::string FieldWriter::broken(std::size_t column, std::string_view text) const {
  return base64_ == Base64::kWhole ? std::string(text) : folded(column, text);
}

void FieldWriter::fold() {
  out_ += kFold;
  column_ = 1;
}

/// room: octets that must fit on the line behind the "=".
void FieldWriter::begin_tag(std::string_view name, std::size_t room) {
  const auto size = name.size() + 1 + room + 1;
  if (!first_) out_ += ';';
  if (!first_ && (fold_next_ || column_ + 2 + size > kLineOctets)) {
    fold();
  } else if (!first_) {
    out_ += ' ';
    column_ += 2;
  }
  first_ = fold_next_ = false;
  out_ += name;
  out_ += '=';
  column_ += name.size() + 1;
}

void FieldWriter::tag(std::string_view name, std::string_view value) {
  begin_tag(name, value.size());
  out_ += value;
  column_ += value.size();
}

void FieldWriter::list(std::string_view name, std::span<const std::string> elements) {
  std::size_t all = 0;
  for (const auto& element : elements) all += element.size() + 1;
  const bool on_one_line = 1 + name.size() + 1 + all <= kLineOctets;
  begin_tag(name, elements.empty() ? 0 : on_one_line ? all - 1 : elements.front().size());
  bool first = true;
  for (const auto& element : elements) {
    // RFC 6376 §3.5, h=: folding white space may stand on either side of the colon.
    if (!first && column_ + 1 + element.size() + 1 > kLineOctets) fold();
    if (!first) {
      out_ += ':';
      ++column_;
    }
    first = false;
    out_ += element;
    column_ += element.size();
  }
}

void FieldWriter::base64(std::string_view name, std::string_view octets) {
  const auto text = mime::base64_line(octets);
  begin_tag(name, text.size());
  const auto before = out_.size();
  out_ += broken(column_, text);
  const auto line = out_.rfind('\n');
  column_ = line == std::string::npos || line < before ? column_ + out_.size() - before
                                                       : out_.size() - line - 1;
}

void FieldWriter::signature() {
  fold_next_ = !first_;
  begin_tag("b", 0);
  signature_at_ = out_.size();
  fold_next_ = true;  // whatever the length of the signature
}

std::string FieldWriter::finish(std::string_view signature) const {
  std::string out = out_.substr(0, signature_at_);
  out += broken(3, mime::base64_line(signature));  // " b="
  out += out_.substr(signature_at_);
  return out + "\r\n";
}

}  // namespace hikyaku::dkim
