// SPDX-License-Identifier: Apache-2.0
// Goal: the structure, places and envelope of messages are what RFC 9051 and RFC 2046 say, the
// same in every chunking, and whatever comes is a message within the limits.
#include "protocol/mime/summarizer.h"

#include <gtest/gtest.h>

#include <array>

#include "protocol/mime/header.h"

namespace hikyaku::mime {
namespace {

std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

/// type/subtype:octets:lines, children in brackets.
std::string shown(const Part& p) {
  auto out =
      p.type + "/" + p.subtype + ":" + std::to_string(p.octets()) + ":" + std::to_string(p.lines);
  if (p.children.empty()) return out;
  out += p.is_message() ? "{" : "[";
  for (std::size_t i = 0; i < p.children.size(); ++i) out += (i ? " " : "") + shown(p.children[i]);
  return out + (p.is_message() ? "}" : "]");
}

void check_invariants(const Part& p) {
  EXPECT_LE(p.header_begin, p.body_begin);
  EXPECT_LE(p.body_begin, p.end);
  auto at = p.body_begin;
  for (const auto& c : p.children) {
    EXPECT_LE(at, c.header_begin);
    check_invariants(c);
    at = c.end;
  }
  EXPECT_LE(at, p.end);
  EXPECT_EQ(p.is_message(),
            p.type == "message" && (p.subtype == "rfc822" || p.subtype == "global"));
  if (p.is_message()) EXPECT_EQ(p.children.size(), 1U);
  if (p.is_multipart()) EXPECT_FALSE(p.children.empty());
}

Summary summarize_by(std::string_view message, std::size_t chunk) {
  Summarizer s;
  for (std::size_t i = 0; i < message.size(); i += chunk) s.push(message.substr(i, chunk));
  return s.finish();
}

constexpr std::string_view kNested =
    "From: user@domain.org\n"
    "Date: Sat, 24 Mar 2007 23:00:00 +0200\n"
    "Mime-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=\"foo\n bar\"\n"
    "\n"
    "Root MIME prologue\n"
    "\n"
    "--foo bar\n"
    "Content-Type: text/x-myown; charset=us-ascii; foo=\"quoted\\\"string\"\n"
    "Content-ID: <foo@bar>\n"
    "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\n"
    "Content-Disposition: inline; foo=\"bar\"\n"
    "Content-Description: hellodescription\n"
    "Content-Language: en, fi, se\n"
    "Content-Location: http://www.example.org\n"
    "Content-Transfer-Encoding: X-Odd\n"
    "\n"
    "hello\n"
    "\n"
    "--foo bar\n"
    "Content-Type: message/rfc822\n"
    "\n"
    "From: sub@domain.org\n"
    "Date: Sun, 12 Aug 2012 12:34:56 +0300\n"
    "Subject: submsg\n"
    "Content-Type: multipart/alternative; boundary=\"sub1\"\n"
    "\n"
    "Sub MIME prologue\n"
    "--sub1\n"
    "Content-Type: text/html\n"
    "\n"
    "<p>Hello world</p>\n"
    "\n"
    "--sub1\n"
    "Content-Type: text/plain\n"
    "\n"
    "Hello another world\n"
    "\n"
    "--sub1--\n"
    "Sub MIME epilogue\n"
    "\n"
    "--foo bar--\n"
    "Root MIME epilogue\n";

struct Case {
  std::string_view name;
  std::string_view message;
  std::string_view structure;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"nothing", "", "text/plain:0:0"},
      {"header only", "Subject: x\n", "text/plain:0:0"},
      {"empty line only", "\n", "text/plain:0:0"},
      {"body only", "\nhello\nworld", "text/plain:12:1"},
      {"plain", "Subject: x\n\nhello\n", "text/plain:7:1"},
      {"type only", "Content-Type: text\n\nx", "text/plain:1:0"},
      {"odd type", "Content-Type: junk\n\nx", "application/octet-stream:1:0"},
      {"empty type", "Content-Type:\n\nx", "text/plain:1:0"},
      {"first type counts", "Content-Type: text/html\nContent-Type: a/b\n\nx", "text/html:1:0"},
      {"nested", kNested,
       "multipart/mixed:735:38[text/x-myown:7:1 "
       "message/rfc822:298:18{multipart/alternative:164:13[text/html:20:1 text/plain:21:1]}]"},
      // RFC 2046 §5.1.1: the line end before the delimiter belongs to it.
      {"no last line end", "Content-Type: multipart/x; boundary=b\n\n--b\n\nA\n--b\n\nB\n\n--b--",
       "multipart/x:27:7[text/plain:1:0 text/plain:3:1]"},
      {"adjacent delimiters", "Content-Type: multipart/x; boundary=b\n\n--b\n--b\n\n--b--\n",
       "multipart/x:19:4[text/plain:0:0 text/plain:0:0]"},
      {"header without end", "Content-Type: multipart/x; boundary=b\n\n--b\nSubject: x\n--b--\n",
       "multipart/x:24:3[text/plain:0:0]"},
      {"no closing", "Content-Type: multipart/x; boundary=b\n\n--b\n\nA\n",
       "multipart/x:10:3[text/plain:3:1]"},
      {"delimiter at the end", "Content-Type: multipart/x; boundary=b\n\n--b\n\nA\n--b",
       "multipart/x:13:3[text/plain:1:0]"},
      {"white space after the boundary",
       "Content-Type: multipart/x; boundary=b\n\n--b  \n\nA\n--b-- \t\nend\n",
       "multipart/x:26:5[text/plain:1:0]"},
      {"no delimiter found", "Content-Type: multipart/x; boundary=b\n\nhello\n",
       "multipart/x:7:1[text/plain:7:1]"},
      {"no boundary", "Content-Type: multipart/x\n\nhello\n", "multipart/x:7:1[text/plain:7:1]"},
      {"multipart header only", "Content-Type: multipart/x; boundary=b\n",
       "multipart/x:0:0[text/plain:0:0]"},
      {"outer delimiter closes inner",
       "Content-Type: multipart/x; boundary=o\n\n--o\nContent-Type: multipart/y; boundary=i\n\n"
       "--i\n\nA\n--o\n\nB\n--o--\n",
       "multipart/x:73:10[multipart/y:8:2[text/plain:1:0] text/plain:1:0]"},
      {"boundary that begins like another",
       "Content-Type: multipart/x; boundary=b\n\n--b\nContent-Type: multipart/y; boundary=bb\n\n"
       "--bb\n\nA\n--bb--\n--bb\nstill epilogue\n--b--\n",
       "multipart/x:95:10[multipart/y:39:5[text/plain:1:0]]"},
      {"outer boundary that begins like the inner one",
       "Content-Type: multipart/x; boundary=bb\n\n--bb\nContent-Type: multipart/y; boundary=b\n\n"
       "--b\n\nA\n--bb\n\nB\n--bb--\n",
       "multipart/x:76:10[multipart/y:8:2[text/plain:1:0] text/plain:1:0]"},
      {"digest",  // RFC 2046 §5.1.5
       "Content-Type: multipart/digest; boundary=b\n\n--b \n\nSubject: m1\n\nm1 body\n\n--b\n"
       "Content-Type: text/html\n\nx\n--b--\n",
       "multipart/digest:76:11[message/rfc822:24:3{text/plain:9:1} text/html:1:0]"},
      {"message in message",
       "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: in\n\nHello\n",
       "message/rfc822:54:5{message/rfc822:22:3{text/plain:7:1}}"},
      {"encoded message stays closed",
       "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeAo=\n",
       "message/rfc822:18:1{text/plain:18:1}"},
      {"embedded message ends in its header",
       "Content-Type: multipart/x; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"
       "Subject: x\n--b--\n",
       "multipart/x:56:5[message/rfc822:10:0{text/plain:0:0}]"},
      {"delimiter in an embedded message's empty body",
       "Content-Type: multipart/x; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"
       "Subject: x\n\n--b--\n",
       "multipart/x:58:6[message/rfc822:14:2{text/plain:0:0}]"},
      {"dashes in the body",
       "Content-Type: multipart/x; boundary=b\n\n--b\n\n- a\n--\n-- c\n--b--\n",
       "multipart/x:29:6[text/plain:13:2]"},
  };
  return all;
}

TEST(Summarizer, TellsTheStructure) {
  for (const auto& c : cases()) {
    const auto message = crlf(c.message);
    const auto summary = summarize(message);
    EXPECT_EQ(shown(summary.structure.root), c.structure) << c.name;
    EXPECT_EQ(summary.octets, message.size()) << c.name;
    EXPECT_EQ(summary.structure.root.end, message.size()) << c.name;
    check_invariants(summary.structure.root);
  }
}

TEST(Summarizer, BareLfGivesTheSameTree) {
  for (const auto& c : cases()) {
    const auto strip = [](std::string text) {
      std::erase_if(text, [](char x) { return x >= '0' && x <= '9'; });
      return text;
    };
    EXPECT_EQ(strip(shown(summarize(c.message).structure.root)), strip(std::string(c.structure)))
        << c.name;
  }
}

TEST(Summarizer, EveryChunkingIsTheSame) {
  for (const auto& c : cases()) {
    const auto message = crlf(c.message);
    const auto whole = summarize(message);
    for (std::size_t chunk = 1; chunk <= message.size(); chunk += 1 + chunk / 16) {
      EXPECT_EQ(summarize_by(message, chunk), whole) << c.name << " by " << chunk;
    }
    for (std::size_t n = 0; n <= message.size(); ++n) {
      Summarizer s;
      s.push(std::string_view(message).substr(0, n));
      s.push(std::string_view(message).substr(n));
      ASSERT_EQ(s.finish(), whole) << c.name << " at " << n;
    }
  }
}

TEST(Summarizer, EveryCutIsAMessage) {
  for (const auto& c : cases()) {
    const auto message = crlf(c.message);
    for (std::size_t n = 0; n <= message.size(); ++n) {
      const auto summary = summarize(std::string_view(message).substr(0, n));
      EXPECT_EQ(summary.structure.root.end, n);
      check_invariants(summary.structure.root);
    }
  }
}

TEST(Summarizer, TellsWhatTheMimeHeadersSay) {
  const auto summary = summarize(crlf(kNested));
  const auto& p = summary.structure.root.children.at(0);
  EXPECT_EQ(p.id, "<foo@bar>");
  EXPECT_EQ(p.md5, "Q2hlY2sgSW50ZWdyaXR5IQ==");
  EXPECT_EQ(p.description, "hellodescription");
  EXPECT_EQ(p.location, "http://www.example.org");
  EXPECT_EQ(p.languages, (std::vector<std::string>{"en", "fi", "se"}));
  ASSERT_TRUE(p.disposition);
  EXPECT_EQ(p.disposition->type, "inline");
  EXPECT_EQ(*find_parameter(p.disposition->parameters, "foo"), "bar");
  EXPECT_EQ(*find_parameter(p.parameters, "foo"), "quoted\"string");
  EXPECT_EQ(p.charset(), "us-ascii");
  EXPECT_EQ(p.encoding, TransferEncoding::kUnknown);
  EXPECT_EQ(p.encoding_name, "x-odd");
  const auto& embedded = summary.structure.root.children.at(1);
  ASSERT_TRUE(embedded.envelope);
  EXPECT_EQ(embedded.envelope->subject, "submsg");
  EXPECT_EQ(embedded.envelope->from.at(0).spec(), "sub@domain.org");
  EXPECT_EQ(summary.envelope.from.at(0).spec(), "user@domain.org");
  EXPECT_EQ(summary.envelope.subject, std::nullopt);
}

TEST(Summarizer, TellsTheEnvelope) {
  const auto summary = summarize(
      crlf("Message-ID: <msg@id>\nIn-Reply-To: <reply@to.id>\n"
           "References: <a@b>\n <c@d>\n"
           "Date: Sat, 01 Feb 2007 01:02:03 +0200\nSubject: =?utf-8?q?=C3=A9?=\n\tfolded\n"
           "From: From Real <fromuser@fromdomain.org>\nTo: To Real <touser@todomain.org>\n"
           "To: second@todomain.org\nSubject: another\n"
           "Cc: group: g1@d1.org, g2@d2.org;, group2: g3@d3.org;\n"
           "Bcc:\nReply-To: \n\nbody\n"));
  const auto& e = summary.envelope;
  EXPECT_EQ(e.message_id, "<msg@id>");
  EXPECT_EQ(e.in_reply_to, "<reply@to.id>");
  EXPECT_EQ(e.date, "Sat, 01 Feb 2007 01:02:03 +0200");
  EXPECT_EQ(e.subject, "=?utf-8?q?=C3=A9?=\tfolded");
  EXPECT_EQ(summary.references, "<a@b> <c@d>");
  EXPECT_EQ(e.to.size(), 2U);  // RFC 5322 §4.5.3
  EXPECT_EQ(e.cc.size(), 7U);
  EXPECT_TRUE(e.bcc.empty());
  // RFC 9051 §7.5.2
  EXPECT_TRUE(e.reply_to.empty());
  EXPECT_EQ(e.reply_to_or_from(), e.from);
  EXPECT_EQ(e.sender_or_from(), e.from);
  EXPECT_EQ(summary.structure.root.octets(), 6U);
  EXPECT_EQ(summary.header_octets, summary.octets - 6);
}

TEST(Summarizer, TellsEmptyFromAbsent) {
  const auto e = summarize(crlf("Subject:\nMessage-Id: \n\n")).envelope;
  EXPECT_EQ(e.subject, "");
  EXPECT_EQ(e.message_id, "");
  EXPECT_EQ(e.date, std::nullopt);
}

TEST(Summarizer, KeepsItsLimits) {
  // Depth
  std::string deep;
  for (int i = 0; i < 200; ++i) {
    const auto b = "b" + std::to_string(i) + "x";
    deep += "Content-Type: multipart/mixed; boundary=" + b + "\r\n\r\n--" + b + "\r\n";
  }
  auto summary = summarize(deep);
  check_invariants(summary.structure.root);
  std::size_t depth = 0;
  for (const auto* p = &summary.structure.root; !p->children.empty(); p = &p->children[0]) ++depth;
  EXPECT_EQ(depth, SummarizerLimits{}.depth_max);

  // Parts
  std::string many = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 20; ++i) many += "--b\r\n\r\nx\r\n";
  Summarizer s({.parts_max = 8});
  s.push(many);
  summary = s.finish();
  check_invariants(summary.structure.root);
  EXPECT_EQ(summary.structure.root.children.size(), 7U);
  EXPECT_EQ(summary.structure.root.end, many.size());

  // Octets of header that are kept, whatever the chunking
  const auto big = "Subject: " + std::string(5000, 's') + "\r\nFrom: a@b.test\r\n\r\n";
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{100}, big.size()}) {
    Summarizer t({.kept_header_octets_max = 1000});
    for (std::size_t i = 0; i < big.size(); i += chunk)
      t.push(std::string_view(big).substr(i, chunk));
    const auto e = t.finish().envelope;
    EXPECT_EQ(e.subject->size(), 999U);
    EXPECT_TRUE(e.from.empty());
  }
}

TEST(Summarizer, LongLinesAreTheSameInEveryChunking) {
  const std::string longs(200'000, 'x');
  for (const auto& message :
       {"Subject: " + longs + "\r\n\r\nbody", longs + "\r\nSubject: a\r\n\r\nb\r\n",
        "Content-Type: multipart/x; boundary=b\r\n\r\n--b" + longs + "\r\n\r\nA\r\n--b--" + longs,
        "Content-Type: multipart/x; boundary=b\r\n\r\n--b\r\n\r\n--" + longs + "\r\n-" + longs}) {
    const auto whole = summarize(message);
    for (const std::size_t chunk : {1'000U, 4'096U, 65'535U, 65'536U, 65'537U, 199'999U}) {
      EXPECT_EQ(summarize_by(message, chunk), whole);
    }
  }
}

std::string search_fields_of(std::string_view message) {
  std::string out;
  HeaderReader reader(message);
  while (const auto field = reader.next())
    if (is_search_field(field->name)) out += field->raw;
  return out;
}

TEST(Summarizer, KeepsTheFieldsOfSearchAsTheyAre) {
  for (const std::string_view header : {
           "",
           "Subject: a\r\n",
           "subject : folded\r\n twice\r\n\tover\r\nX-Other: b\r\n and on\r\nTO: c\r\n",
           "Subject: one\r\nX: y\r\nSubject: two\r\nFrom: a\nFrom: b\r\n",
           " leading\r\nFrom mbox line\r\n and its rest\r\nDate: x\r\n \r\nCc: y\r\n",
           "Message-ID:\r\n <a@b>\r\nno field\r\n more\r\nBcc: \x80\xff\r\nSender: s\r\n",
           "Subject: \r not an end\r\nSubjects: no\r\nReply-To: no\r\n",
           "Subject: cut at the end",
       }) {
    for (const std::string_view rest : {"", "\r\n", "\r\nSubject: in the body\r\n", "\nTo: x\n"}) {
      const auto message = std::string(header) + std::string(rest);
      const auto expected = search_fields_of(message);
      for (std::size_t chunk = 1; chunk <= message.size(); ++chunk)
        ASSERT_EQ(summarize_by(message, chunk).search_header, expected) << message;
    }
  }
  // Not those of an embedded message.
  EXPECT_EQ(
      summarize("From: a\r\nContent-Type: message/rfc822\r\n\r\nSubject: b\r\n\r\n").search_header,
      "From: a\r\n");
}

TEST(Summarizer, LongSearchFieldsAreNotKept) {
  const std::string name = "To: ";
  for (const std::size_t octets : {kSearchHeaderOctetsMax, kSearchHeaderOctetsMax + 1}) {
    const auto line = name + std::string(octets - name.size() - 2, 'x') + "\r\n";
    const auto kept = summarize(line + "X-More: y\r\n\r\n").search_header;
    EXPECT_EQ(kept.has_value(), octets == kSearchHeaderOctetsMax);
    if (kept) EXPECT_EQ(*kept, line);
  }
  EXPECT_EQ(summarize("Subject: " + std::string(200'000, 'x') + "\r\nFrom: a\r\n").search_header,
            std::nullopt);
}

}  // namespace
}  // namespace hikyaku::mime
