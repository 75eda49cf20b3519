// SPDX-License-Identifier: Apache-2.0
#include "app/dns_records.h"

#include <algorithm>

#include "port/dns/reverse.h"

namespace hikyaku::app {
namespace {

constexpr std::size_t kTextPieceOctetsMax = 255;

using Ready = DnsRecord::Ready;

void add_addresses(const DnsFacts& facts, Language in, std::vector<DnsRecord>& out) {
  for (const auto& address : facts.addresses)
    out.push_back({facts.host, address.is_v4() ? "A" : "AAAA", address.text(),
                   say(in, Text::kWhyAddress), Ready::kYes});
  for (const auto& address : facts.addresses)
    out.push_back(
        {dns::reverse_name(address), "PTR", facts.host, say(in, Text::kWhyPtr), Ready::kYes});
  if (!facts.addresses.empty()) return;
  out.push_back(
      {facts.host, "A", "PUBLIC-IPV4-ADDRESS", say(in, Text::kWhyFillIn), Ready::kFillIn});
  out.push_back(
      {facts.host, "AAAA", "PUBLIC-IPV6-ADDRESS", say(in, Text::kWhyFillInIpv6), Ready::kFillIn});
  out.push_back(
      {"REVERSE-NAME-OF-THE-ADDRESS", "PTR", facts.host, say(in, Text::kWhyPtr), Ready::kFillIn});
}

void add_service(const DnsFacts& facts, std::string_view service, int priority, std::uint16_t port,
                 std::string why, std::vector<DnsRecord>& out) {
  if (port == 0) return;
  out.push_back({fmt::format("{}._tcp.{}", service, facts.domain), "SRV",
                 fmt::format("{} 1 {} {}", priority, port, facts.host), std::move(why),
                 Ready::kYes});
}

std::string quoted_pieces(std::string_view text) {
  std::string out;
  do {
    out += out.empty() ? "\"" : " \"";
    for (const char c : text.substr(0, kTextPieceOctetsMax)) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
    text.remove_prefix(std::min(text.size(), kTextPieceOctetsMax));
  } while (!text.empty());
  return out;
}

}  // namespace

std::vector<DnsRecord> dns_records(const DnsFacts& facts, Language in) {
  std::vector<DnsRecord> out;
  out.push_back({facts.domain, "MX", "10 " + facts.host, say(in, Text::kWhyMx), Ready::kYes});
  add_addresses(facts, in, out);
  out.push_back({facts.domain, "TXT", "v=spf1 mx -all", say(in, Text::kWhySpf), Ready::kYes});
  // A bounce has no sender: then the name in HELO is what SPF is asked for (RFC 7208 §2.4).
  if (facts.host != facts.domain)
    out.push_back({facts.host, "TXT", "v=spf1 a -all", say(in, Text::kWhySpfHost), Ready::kYes});
  out.push_back({"_dmarc." + facts.domain, "TXT",
                 "v=DMARC1; p=none; rua=mailto:postmaster@" + facts.domain,
                 say(in, Text::kWhyDmarc), Ready::kYes});
  if (!facts.dkim_public_base64.empty())
    out.push_back({facts.dkim_selector + "._domainkey." + facts.domain, "TXT",
                   "v=DKIM1; k=rsa; p=" + facts.dkim_public_base64, say(in, Text::kWhyDkim),
                   Ready::kYes});
  const auto find = say(in, Text::kWhySrv);
  add_service(facts, "_submissions", 0, facts.submissions, find, out);
  add_service(facts, "_imaps", 0, facts.imaps, find, out);
  // RFC 6186 §3.4: the priority tells which of IMAP and POP3 a program should take.
  add_service(facts, "_pop3s", 10, facts.pop3s, find, out);
  return out;
}

std::string zone_line(const DnsRecord& record) {
  std::string value = record.value;
  if (record.type == "TXT") value = quoted_pieces(value);
  if (record.type == "MX" || record.type == "PTR" || record.type == "SRV") value += '.';
  return fmt::format("{}{}. IN {} {}", record.ready == Ready::kFillIn ? "; " : "", record.name,
                     record.type, value);
}

}  // namespace hikyaku::app
