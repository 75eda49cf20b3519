// SPDX-License-Identifier: Apache-2.0
// Goal: FETCH and ENVELOPE print as in the RFC's examples, and odd messages keep to
// the grammar.
#include "protocol/imap/response/fetch.h"

#include <gtest/gtest.h>

#include "protocol/imap/response/envelope.h"

namespace hikyaku::imap {
namespace {

mime::Address mailbox(std::optional<std::string> name, std::string local, std::string domain) {
  mime::Address address;
  address.name = std::move(name);
  address.local_part = std::move(local);
  address.domain = std::move(domain);
  return address;
}

// RFC 9051 §8, the message of the sample connection.
TEST(Envelope, Rfc9051Section8) {
  mime::Envelope envelope;
  envelope.date = "Wed, 17 Jul 1996 02:23:25 -0700 (PDT)";
  envelope.subject = "IMAP4rev2 WG mtg summary and minutes";
  envelope.from = {mailbox("Terry Gray", "gray", "cac.washington.edu")};
  envelope.to = {mailbox(std::nullopt, "imap", "cac.washington.edu")};
  envelope.cc = {mailbox(std::nullopt, "minutes", "CNRI.Reston.VA.US"),
                 mailbox("John Klensin", "KLENSIN", "MIT.EDU")};
  envelope.message_id = "<B27397-0100000@cac.washington.ed>";
  std::string out;
  append_envelope(out, envelope);
  EXPECT_EQ(out,
            "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev2 WG mtg summary and minutes\" "
            "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
            "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
            "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
            "((NIL NIL \"imap\" \"cac.washington.edu\")) "
            "((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" "
            "\"MIT.EDU\")) NIL NIL \"<B27397-0100000@cac.washington.ed>\")");
}

TEST(Envelope, GroupsAndBrokenAddresses) {
  mime::Envelope envelope;
  mime::Address begin;
  begin.kind = mime::Address::Kind::kGroupBegin;
  begin.name = "A \"Group\"";
  mime::Address end;
  end.kind = mime::Address::Kind::kGroupEnd;
  mime::Address routed = mailbox(std::nullopt, "joe", "example.org");
  routed.route = "@a,@b";
  envelope.to = {begin, mailbox("\xe9", "local", ""), routed, end};
  std::string out;
  append_envelope(out, envelope);
  EXPECT_EQ(
      out,
      "(NIL NIL NIL NIL NIL ((NIL NIL \"A \\\"Group\\\"\" NIL)({1}\r\n\xe9 NIL \"local\" \"\")"
      "(NIL \"@a,@b\" \"joe\" \"example.org\")(NIL NIL NIL NIL)) NIL NIL NIL NIL)");
}

TEST(FetchWriter, Items) {
  std::string out;
  FetchWriter writer(out, 23);
  const std::string_view keywords[] = {"$Junk"};
  writer.flags(SystemFlag::kSeen, keywords).uid(Uid(447)).size(44827).mod_seq(ModSeq(624140003));
  writer.internal_date({837596665, -420}).email_id("M6d99ac3275bb4e").thread_id("");
  writer.envelope("(e)").body("(b)").body_structure("(s)").finish();
  EXPECT_EQ(out,
            "* 23 FETCH (FLAGS (\\Seen $Junk) UID 447 RFC822.SIZE 44827 MODSEQ (624140003) "
            "INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" EMAILID (M6d99ac3275bb4e) THREADID NIL "
            "ENVELOPE (e) BODY (b) BODYSTRUCTURE (s))\r\n");
}

TEST(FetchWriter, Sections) {
  std::string out;
  FetchWriter writer(out, 1);
  FetchSection header;
  header.part_numbers = {4, 2};
  header.part = FetchSection::Part::kHeaderFields;
  header.fields = {"Date", "X Odd"};
  header.partial = FetchSection::Partial{5, 10};
  writer.flags({}, {});
  writer.section(header, "abc");
  FetchSection whole;
  whole.item = FetchSection::Item::kBinary;
  whole.part_numbers = {1};
  writer.section(whole, "xy").section_nil(whole);
  whole.item = FetchSection::Item::kBinarySize;
  writer.binary_size(whole, 2);
  whole = {};
  whole.item = FetchSection::Item::kRfc822Header;
  writer.section_begin(whole, 2);
  out += "hi";
  writer.finish();
  EXPECT_EQ(out,
            "* 1 FETCH (FLAGS () BODY[4.2.HEADER.FIELDS (Date \"X Odd\")]<5> {3}\r\nabc "
            "BINARY[1] ~{2}\r\nxy BINARY[1] NIL BINARY.SIZE[1] 2 RFC822.HEADER {2}\r\nhi)\r\n");
}

}  // namespace
}  // namespace hikyaku::imap
