// SPDX-License-Identifier: Apache-2.0
// Goal: Content-Type and Content-Disposition are read as they were meant, RFC 2231 joined and
// decoded, and printed parameters read back the same.
#include "protocol/mime/parameter.h"

#include <gtest/gtest.h>

namespace hikyaku::mime {
namespace {

std::string shown(std::string_view in) {
  const auto parsed = parse_parameterized(in);
  auto out = parsed.value;
  for (const auto& p : parsed.parameters) {
    out += "|" + p.name + (p.form == Parameter::Form::kExtended ? "*" : "") + "=" + p.value;
  }
  return out;
}

struct Case {
  std::string_view in;
  std::string_view out;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"", ""},
      {"text/plain", "text/plain"},
      // RFC 2045 §5.1
      {"text/plain; charset=us-ascii (Plain text)", "text/plain|charset=us-ascii"},
      {"Text/Plain; Charset=\"us-ascii\"", "text/plain|charset=us-ascii"},
      {" text / html ;\r\n\tcharset = utf-8 ", "text/html|charset=utf-8"},
      {"(c) text/plain (d); (e) a=b", "text/plain|a=b"},
      {"multipart/mixed; boundary=\"foo\r\n bar\"", "multipart/mixed|boundary=foo bar"},
      {"multipart/mixed; boundary=----=_Next:Part/1", "multipart/mixed|boundary=----=_Next:Part/1"},
      {"a/b; c=\"d \\\"e\\\" \\\\\"", "a/b|c=d \"e\" \\"},
      // RFC 2231 §3
      {"message/external-body; access-type=URL;\r\n URL*0=\"ftp://\";\r\n"
       " URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"",
       "message/external-body|access-type=URL|url=ftp://cs.utk.edu/pub/moore/bulk-mailer/"
       "bulk-mailer.tar"},
      // RFC 2231 §4, §4.1 (whose example lacks semicolons)
      {"application/x-stuff;\r\n title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
       "application/x-stuff|title*=This is ***fun***"},
      {"application/x-stuff\r\n title*0*=us-ascii'en'This%20is%20even%20more%20\r\n"
       " title*1*=%2A%2A%2Afun%2A%2A%2A%20\r\n title*2=\"isn't it!\"",
       "application/x-stuff|title*=This is even more ***fun*** isn't it!"},
      {"a; f*1=c; f*0=b", "a|f=bc"},
      {"attachment; filename*0*=iso-8859-1''%E4; filename*1*=%F6",
       "attachment|filename*=\xc3\xa4\xc3\xb6"},
      {"attachment; filename=x; filename*=utf-8''y", "attachment|filename=x|filename*=y"},
      {"a; b*=%41", "a|b*=A"},
      {"a; b*=utf-8''%0D%0A%00", "a|b*=   "},
      // The wild
      {"text/plain charset=utf-8", "text/plain|charset=utf-8"},
      {"text/plain; charset=utf-8 format=flowed", "text/plain|charset=utf-8|format=flowed"},
      {"attachment; filename=my file (1).txt; size=3", "attachment|filename=my file .txt|size=3"},
      {"attachment; filename=file(1).txt", "attachment|filename=file(1).txt"},
      {"attachment; filename=\"open.txt", "attachment|filename=open.txt"},
      {"text/plain;;; charset=\"utf-8\";", "text/plain|charset=utf-8"},
      {"text/plain; charset=\"utf-8\"junk; a=b", "text/plain|charset=utf-8|a=b"},
      {"text/plain; charset", "text/plain"},
      {"text/plain; a=b; A=c", "text/plain|a=b"},
      {"text/plain; =x; a=b", "text/plain|a=b"},
      {"text/plain (unclosed; a=b", "text/plain(unclosed|a=b"},
      {"7BIT", "7bit"},
  };
  return all;
}

TEST(Parameter, ReadsWhatWasMeant) {
  for (const auto& [in, out] : cases()) EXPECT_EQ(shown(in), out) << in;
}

TEST(Parameter, AnyCutIsReadWithoutControlCharacters) {
  for (const auto& c : cases()) {
    for (std::size_t n = 0; n <= c.in.size(); ++n) {
      const auto text = shown(c.in.substr(0, n));
      EXPECT_EQ(text.find_first_of(std::string_view("\r\n\0", 3)), std::string::npos) << text;
    }
  }
}

TEST(Parameter, TheExtendedFormWins) {
  const auto p = parse_parameterized("attachment; filename=x; filename*=utf-8''y").parameters;
  ASSERT_NE(find_parameter(p, "filename"), nullptr);
  EXPECT_EQ(*find_parameter(p, "filename"), "y");
  EXPECT_EQ(find_parameter(p, "name"), nullptr);
}

TEST(Parameter, KeepsAtMostSoMany) {
  std::string in = "a";
  for (int i = 0; i < 1000; ++i) in += ";p" + std::to_string(i) + "=v";
  EXPECT_EQ(parse_parameterized(in).parameters.size(), kParametersMax);
}

TEST(Parameter, OpeningsThatNothingClosesStayLinear) {
  // Quadratic reading of these would take minutes.
  for (const std::string_view piece :
       {"(", "(\\", "a (", "a=(", "a=b (", "a=\"", "a b", ";", "= "}) {
    std::string in;
    while (in.size() < 300'000) in += piece;
    EXPECT_LE(parse_parameterized(in).parameters.size(), kParametersMax) << piece;
  }
}

TEST(Parameter, PrintedOnesReadBackTheSame) {
  for (const std::string& value :
       {std::string("plain"), std::string("with space"), std::string("q\"uo\\te"),
        std::string("\xe6\x97\xa5\xe6\x9c\xac.pdf"), std::string(300, 'x'), std::string(),
        std::string("a'b%c*d")}) {
    const auto printed = print_parameter("filename", value);
    EXPECT_EQ(printed.find_first_not_of("\t !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUV"
                                        "WXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"),
              std::string::npos);
    const auto read = parse_parameterized("attachment" + printed);
    ASSERT_NE(find_parameter(read.parameters, "filename"), nullptr) << printed;
    EXPECT_EQ(*find_parameter(read.parameters, "filename"), value) << printed;
  }
}

}  // namespace
}  // namespace hikyaku::mime
