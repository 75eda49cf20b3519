// SPDX-License-Identifier: Apache-2.0
// Goal: BODY and BODYSTRUCTURE print as in the RFC's examples.
#include "protocol/imap/response/body_structure.h"

#include <gtest/gtest.h>

namespace hikyaku::imap {
namespace {

mime::Part text_part(std::uint64_t octets, std::uint64_t lines) {
  mime::Part part;
  part.parameters = {{"charset", "us-ascii"}};
  part.end = octets;
  part.lines = lines;
  return part;
}

std::string printed(mime::Part root, BodyForm form) {
  std::string out;
  append_body(out, mime::Structure{std::move(root)}, form);
  return out;
}

// RFC 9051 §7.5.2, the examples of BODYSTRUCTURE.
TEST(BodyStructure, Rfc9051Section7_5_2) {
  EXPECT_EQ(printed(text_part(2279, 48), BodyForm::kBody),
            "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 2279 48)");
  mime::Part mixed;
  mixed.type = "multipart";
  mixed.subtype = "mixed";
  mixed.parameters = {{"boundary", "x"}};
  mime::Part attachment = text_part(4554, 73);
  attachment.parameters.push_back({"name", "cc.diff"});
  attachment.id = "<960723163407.20117h@cac.washington.edu>";
  attachment.description = "Compiler diff";
  attachment.encoding = mime::TransferEncoding::kBase64;
  mixed.children = {text_part(1152, 23), attachment};
  const std::string first =
      "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 1152 23";
  const std::string second =
      "(\"text\" \"plain\" (\"charset\" \"us-ascii\" \"name\" \"cc.diff\") "
      "\"<960723163407.20117h@cac.washington.edu>\" \"Compiler diff\" \"base64\" 4554 73";
  EXPECT_EQ(printed(mixed, BodyForm::kBody), "(" + first + ")" + second + ") \"mixed\")");
  EXPECT_EQ(printed(mixed, BodyForm::kBodyStructure),
            "(" + first + " NIL NIL NIL NIL)" + second +
                " NIL NIL NIL NIL) \"mixed\" (\"boundary\" \"x\") NIL NIL NIL)");
}

TEST(BodyStructure, MessageAndExtensionData) {
  mime::Part message;
  message.type = "message";
  message.subtype = "rfc822";
  message.encoding = mime::TransferEncoding::kUnknown;
  message.encoding_name = "x-odd";
  message.end = 100;
  message.lines = 7;
  message.envelope.emplace();
  message.envelope->subject = "in";
  message.children = {text_part(10, 1)};
  message.disposition =
      mime::Disposition{"attachment",
                        {{"filename", "\xe3\x81\x82.eml", mime::Parameter::Form::kExtended},
                         {"size", "100", mime::Parameter::Form::kExtended}}};
  message.languages = {"en", "ja"};
  message.location = "http://x/";
  message.md5 = "Q2hlY2s=";
  EXPECT_EQ(
      printed(message, BodyForm::kBodyStructure),
      "(\"message\" \"rfc822\" NIL NIL NIL \"x-odd\" 100 "
      "(NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) "
      "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 10 1 NIL NIL NIL NIL) 7 "
      "\"Q2hlY2s=\" (\"attachment\" (\"filename*\" \"" +
          mime::extended_value("\xe3\x81\x82.eml") +
          "\" \"size\" \"100\")) (\"en\" \"ja\") \"http://x/\")");
}

TEST(BodyStructure, SpacesStandBetweenLiteralsToo) {
  mime::Part part = text_part(1, 1);
  part.parameters = {{"a", "\xff("}, {"\xff(", "b"}, {"c", "("}, {"d", "e"}};
  EXPECT_EQ(
      printed(part, BodyForm::kBody),
      "(\"text\" \"plain\" (\"a\" {2}\r\n\xff( {2}\r\n\xff( \"b\" \"c\" \"(\" \"d\" \"e\") NIL NIL "
      "\"7bit\" 1 1)");
}

}  // namespace
}  // namespace hikyaku::imap
