// SPDX-License-Identifier: Apache-2.0
#include "config/keys.h"

#include <array>

#include "config/complaints.h"

namespace hikyaku::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 8> kProtocols = {
    "smtp", "lmtp", "submission", "submissions", "imap", "imaps", "pop3", "pop3s"};
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> kFormats = {"logfmt", "json"};
constexpr std::array<std::string_view, 3> kFamilies = {"both", "ipv4", "ipv6"};

template <auto Member, class S>
Choice<S> choice(std::span<const std::string_view> words) {
  using Enum = std::remove_cvref_t<decltype(std::declval<S>().*Member)>;
  return {words, [](const S& s) { return static_cast<unsigned>(s.*Member); },
          [](S* s, unsigned i) { s->*Member = static_cast<Enum>(i); }};
}

const std::array kServerKeys = {
    Key<Server>{
        "hostname",
        {"The name of this server in greetings, EHLO, Received fields and DSNs. Its A and AAAA\n"
         "records should lead here and back. Empty: the machine's own name.",
         "グリーティング、EHLO、Received フィールド、DSN でのこのサーバーの名前。A と "
         "AAAA\nレコードがここを指し、逆引きも一致するようにします。空: マシン自身の名前。"},
        Text<Server>{&Server::hostname, no_host_name}},
    Key<Server>{
        "default_domain",
        {"The domain of login names that have none. Empty: people log in with their address.",
         "ドメインのないログイン名に補うドメイン。空: メールアドレスでログインします。"},
        Text<Server>{&Server::default_domain, no_host_name}},
    Key<Server>{"data",
                {"The folder of everything that is kept: mail, accounts, queue, keys.",
                 "保存するものすべて (メール、アカウント、キュー、鍵) のフォルダー。"},
                Path<Server>{&Server::data}},
    Key<Server>{
        "user",
        {"The user that the server becomes after binding its ports, if it was started as root.",
         "root で起動されたとき、ポートを開いたあとに切り替わるユーザー。"},
        Text<Server>{&Server::user, no_user_name}},
    Key<Server>{"threads",
                {"I/O threads. 0: one per core.", "I/O スレッドの数。0: コアごとに一つ。"},
                Number<Server>{&Server::threads, 0, 1024}},
    Key<Server>{"log_level",
                {"The least that is logged.", "ログに書く最低の重要度。"},
                choice<&Server::log_level, Server>(kLevels)},
    Key<Server>{
        "log_format",
        {"How an event is written to standard error.", "標準エラー出力に書くイベントの形式。"},
        choice<&Server::log_format, Server>(kFormats)},
    Key<Server>{"stop_patience",
                {"How long a stop waits for commands and messages that are under way.",
                 "停止のとき、処理中のコマンドやメールを待つ時間。"},
                Period<Server>{&Server::stop_patience, seconds(0), hours(1)}},
};

const std::array kListenerKeys = {
    Key<Listener>{"protocol",
                  {"What is spoken there.", "話すプロトコル。"},
                  choice<&Listener::protocol, Listener>(kProtocols)},
    Key<Listener>{"address",
                  {"The address to listen on. \"::\": all, IPv4 too.",
                   "待ち受けるアドレス。\"::\": すべて (IPv4 も)。"},
                  Text<Listener>{&Listener::address, no_ip_address}},
    Key<Listener>{
        "port",
        {"The port. 0: the standard one of the protocol.", "ポート。0: プロトコルの標準のポート。"},
        Port<Listener>{&Listener::port, 0}},
    Key<Listener>{"path",
                  {"A local socket instead of address and port (lmtp only).",
                   "アドレスとポートの代わりのローカルソケット (lmtp のみ)。"},
                  Path<Listener>{&Listener::path}},
};

const std::array kCertificateKeys = {
    Key<Certificate>{
        "file",
        {"The certificate, PEM, followed by its chain.", "証明書 (PEM)。中間証明書が続きます。"},
        Path<Certificate>{&Certificate::file}},
    Key<Certificate>{
        "key",
        {"Its private key, PEM, without pass phrase.", "その秘密鍵 (PEM、パスフレーズなし)。"},
        Path<Certificate>{&Certificate::key}},
};

const std::array kTlsKeys = {
    Key<Tls>{
        "plaintext_login_networks",
        {"Networks whose clients may log in to IMAP and POP3 without TLS: passwords cross them\n"
         "readable. Keep it empty if you can.",
         "TLS なしで IMAP と POP3 "
         "にログインできるネットワーク。パスワードがそのまま\n流れるので、できれば空にしておいてく"
         "ださい。"},
        Texts<Tls>{&Tls::plaintext_login_networks, no_network}},
};

const std::array kAuthKeys = {
    Key<Auth>{
        "scram",
        {"Whether SCRAM-SHA-256 and SCRAM-SHA-1 are offered. Accounts of the first builds have\n"
         "keys for them only after a login with PLAIN: off until all have had one.",
         "SCRAM-SHA-256 と SCRAM-SHA-1 を提供するかどうか。初期のビルドのアカウントの鍵は PLAIN "
         "での\nログインで作られます。全員がログインするまでオフにできます。"},
        Toggle<Auth>{&Auth::scram}},
    Key<Auth>{
        "channel_binding",
        {"Whether SCRAM's -PLUS forms are offered, which show that nobody stands in between. Some\n"
         "clients take them without being able to, and can not log in then: Mutt 2.2 is one.",
         "SCRAM の -PLUS (通信路の途中に誰もいないことの確認) を提供するかどうか。Mutt 2.2 "
         "のように\n対応せずに選んでしまい、ログインできなくなるクライアントがあります。"},
        Toggle<Auth>{&Auth::channel_binding}},
    Key<Auth>{
        "cram_md5",
        {"Whether CRAM-MD5 is offered, for old devices. Its keys are kept from the next login or\n"
         "password change on, and whoever steals them can log in with them.",
         "古い機器のために CRAM-MD5 を提供するかどうか。次のログインかパスワード変更から鍵を"
         "保存し、\n盗まれるとその鍵でログインされます。"},
        Toggle<Auth>{&Auth::cram_md5}},
};

const std::array kSmtpKeys = {
    Key<Smtp>{"message_size_max",
              {"The largest message that is taken (SIZE).", "受け取る最大のメール (SIZE)。"},
              Amount<Smtp>{&Smtp::message_size_max, Size{64 << 10}, Size{2ULL << 30}}},
    Key<Smtp>{"recipients_max",
              {"Recipients of one message; more get 452 and are sent again apart, and so do those "
               "behind\n"
               "the first 500 mailboxes and remote addresses that they lead to.",
               "一通の宛先の数。超えた分と、行き先のメールボックスと外部アドレスの合計が 500 を"
               "超える分は\n452 となり、別に送り直されます。"},
              Number<Smtp>{&Smtp::recipients_max, 100, 100'000}},
    Key<Smtp>{"messages_max",
              {"Messages in one connection; then it is closed.",
               "一つの接続で受け取るメールの数。超えると切断します。"},
              Number<Smtp>{&Smtp::messages_max, 1, 1'000'000}},
    Key<Smtp>{"errors_max",
              {"Refused commands in one connection; then it is closed.",
               "一つの接続で拒否するコマンドの数。超えると切断します。"},
              Number<Smtp>{&Smtp::errors_max, 1, 10'000}},
    Key<Smtp>{"received_fields_max",
              {"Received fields in a message; more are a loop.",
               "メールの Received フィールドの数。超えるとループとみなします。"},
              Number<Smtp>{&Smtp::received_fields_max, 10, 1000}},
    Key<Smtp>{
        "postmaster",
        {"The address that takes mail for postmaster at domains where nobody has that address.",
         "postmaster のアドレスがないドメインで、postmaster 宛てのメールを受け取るアドレス。"},
        Text<Smtp>{&Smtp::postmaster}},
    Key<Smtp>{"relay_networks",
              {"Networks whose hosts may send to anywhere without login. Keep it empty if you can.",
               "ログインなしでどこへでも送れるネットワーク。できれば空にしておいてください。"},
              Texts<Smtp>{&Smtp::relay_networks, no_network}},
    Key<Smtp>{"command_timeout",
              {"How long the next command may take to come, with its end.",
               "次のコマンドが終わりまで届くのを待つ時間。"},
              Period<Smtp>{&Smtp::command_timeout, seconds(1), hours(1)}},
    Key<Smtp>{
        "data_timeout",
        {"How long the next part of a message may take to come; a message slower than 500 octets a "
         "second is given up too.",
         "メールの次の部分が届くのを待つ時間。毎秒 500 オクテットより遅いメールも打ち切ります。"},
        Period<Smtp>{&Smtp::data_timeout, seconds(1), hours(1)}},
};

const std::array kImapKeys = {
    Key<Imap>{
        "idle_timeout",
        {"How long a logged-in client may say nothing; RFC 9051 wants at least 30 minutes.",
         "ログイン済みのクライアントが何も言わずにいられる時間。RFC 9051 は 30 分以上を求めます。"},
        Period<Imap>{&Imap::idle_timeout, seconds(1), hours(24)}},
};

const std::array kPop3Keys = {
    Key<Pop3>{"idle_timeout",
              {"How long a client may say nothing; RFC 1939 wants at least 10 minutes.",
               "クライアントが何も言わずにいられる時間。RFC 1939 は 10 分以上を求めます。"},
              Period<Pop3>{&Pop3::idle_timeout, seconds(1), hours(24)}},
};

const std::array kDnsKeys = {
    Key<Dns>{
        "forwarders",
        {"Name servers to ask, as \"192.0.2.1\" or \"192.0.2.1@5353\". Empty: from the root down.",
         "問い合わせるネームサーバー (\"192.0.2.1\" や \"192.0.2.1@5353\")。空: "
         "ルートから順に\n自分で調べます。"},
        Texts<Dns>{&Dns::forwarders, no_forwarder}},
    Key<Dns>{"root_hints",
             {"A file with the root servers. Empty: those built in.",
              "ルートサーバーを書いたファイル。空: 組み込みのもの。"},
             Path<Dns>{&Dns::root_hints}},
    Key<Dns>{"zones",
             {"Files of resource records that are answered from here: for tests.",
              "ここから直接答えるリソースレコードのファイル (テスト用)。"},
             Paths<Dns>{&Dns::zones}},
    Key<Dns>{"dnssec",
             {"Whether answers are validated.", "応答を検証するかどうか。"},
             Toggle<Dns>{&Dns::dnssec}},
    Key<Dns>{"trust_anchor",
             {"The root's key. Empty: without forwarders the one of Debian's dns-root-data, if it "
              "is there;\n"
              "with forwarders none, since not all hand on what validation needs.",
              "ルートの鍵。空: forwarders がなければ Debian の dns-root-data のもの "
              "(あれば)。\nforwarders "
              "があれば、検証に必要なものが渡されるとは限らないため、使いません。"},
             Path<Dns>{&Dns::trust_anchor}},
};

const std::array kDeliveryKeys = {
    Key<Delivery>{"hello_name",
                  {"The name in EHLO to other servers. Empty: server.hostname.",
                   "他のサーバーへの EHLO での名前。空: server.hostname。"},
                  Text<Delivery>{&Delivery::hello_name, no_host_name}},
    Key<Delivery>{
        "families",
        {"The addresses of other servers that are used.", "他のサーバーに使うアドレスの種類。"},
        choice<&Delivery::families, Delivery>(kFamilies)},
    Key<Delivery>{"source_ipv4",
                  {"The IPv4 address to send from. Empty: the system's choice.",
                   "送信元の IPv4 アドレス。空: システムが選びます。"},
                  Text<Delivery>{&Delivery::source_ipv4, no_ipv4}},
    Key<Delivery>{"source_ipv6",
                  {"The IPv6 address to send from. Empty: the system's choice.",
                   "送信元の IPv6 アドレス。空: システムが選びます。"},
                  Text<Delivery>{&Delivery::source_ipv6, no_ipv6}},
    Key<Delivery>{"port",
                  {"The port of other servers: 25, but in tests.",
                   "他のサーバーのポート。テスト以外では 25。"},
                  Port<Delivery>{&Delivery::port, 1}},
    Key<Delivery>{"connections_max",
                  {"Outgoing connections in all.", "送信接続の総数。"},
                  Number<Delivery>{&Delivery::connections_max, 1, 100'000}},
    Key<Delivery>{
        "connections_per_host",
        {"Outgoing connections to the hosts of one provider, at most: there are fewer while it\n"
         "takes less.",
         "一つの事業者のホストへの送信接続の最大数。相手が受けられないときは減らします。"},
        Number<Delivery>{&Delivery::connections_per_host, 1, 1000}},
    Key<Delivery>{
        "connect_timeout",
        {"How long a connection to one address may take.", "一つのアドレスへの接続を待つ時間。"},
        Period<Delivery>{&Delivery::connect_timeout, seconds(1), minutes(10)}},
    Key<Delivery>{"retry_after",
                  {"The waits after each failed attempt; the last one is used again and again.",
                   "失敗するたびに待つ時間。最後のものを繰り返し使います。"},
                  Periods<Delivery>{&Delivery::retry_after, seconds(1), hours(24)}},
    Key<Delivery>{"warn_after",
                  {"After this the sender is told once that delivery is late.",
                   "この時間を過ぎると、配送の遅れを差出人に一度知らせます。"},
                  Period<Delivery>{&Delivery::warn_after, seconds(1), hours(24 * 30)}},
    Key<Delivery>{"give_up_after",
                  {"After this the message goes back to its sender.",
                   "この時間を過ぎると、メールを差出人に返します。"},
                  Period<Delivery>{&Delivery::give_up_after, seconds(1), hours(24 * 30)}},
};

const std::array kLimitsKeys = {
    Key<Limits>{"connections_max",
                {"Open connections in all.", "受け付ける接続の総数。"},
                Number<Limits>{&Limits::connections_max, 1, 10'000'000}},
    Key<Limits>{"connections_per_address",
                {"Open connections of one IPv4 address or IPv6 /64 network.",
                 "一つの IPv4 アドレスまたは IPv6 の /64 ネットワークからの接続の数。"},
                Number<Limits>{&Limits::connections_per_address, 1, 10'000'000}},
    Key<Limits>{"login_failures_max",
                {"Failed logins in one connection; then it is closed.",
                 "一つの接続でのログイン失敗の数。超えると切断します。"},
                Number<Limits>{&Limits::login_failures_max, 1, 1000}},
};

const std::array kControlKeys = {
    Key<Control>{
        "socket",
        {"The local socket through which commands reach the server. Empty: control.sock in the\n"
         "data folder.",
         "コマンドがサーバーに届くローカルソケット。空: データフォルダーの control.sock。"},
        Path<Control>{&Control::socket}},
};

}  // namespace

std::uint16_t standard_port(Protocol protocol) {
  constexpr std::array<std::uint16_t, 8> kPorts = {25, 24, 587, 465, 143, 993, 110, 995};
  return kPorts[static_cast<std::size_t>(protocol)];
}

std::string_view name_of(Protocol protocol) {
  return kProtocols[static_cast<std::size_t>(protocol)];
}

std::vector<Listener> default_listeners() {
  std::vector<Listener> out;
  for (const Protocol protocol :
       {Protocol::kSmtp, Protocol::kSubmission, Protocol::kSubmissions, Protocol::kImap,
        Protocol::kImaps, Protocol::kPop3, Protocol::kPop3s}) {
    out.push_back(Listener{.protocol = protocol, .port = standard_port(protocol)});
  }
  return out;
}

Section<Server> server_section() {
  return {
      "server", {"What this machine is.", "このマシンについて。"}, kServerKeys, &Config::server};
}
Section<Listener> listener_section() {
  return {
      "listener",
      {"A socket to accept on; one table for each. Without any: smtp, submission, submissions,\n"
       "imap, imaps, pop3 and pop3s on all addresses.",
       "接続を受け付けるソケット。一つごとに一つの表を書きます。一つもなければ、すべての\nアドレス"
       "で smtp、submission、submissions、imap、imaps、pop3、pop3s を受け付けます。"},
      kListenerKeys,
      nullptr,
      &Config::listeners};
}
Section<Certificate> certificate_section() {
  return {
      "certificate",
      {"A certificate; one table for each. Clients get the one that has the name they ask for,\n"
       "else the first. An ECDSA and an RSA one of the same name serve it together. Without any:\n"
       "one that the server signs itself and keeps in the data folder.",
       "証明書。一つごとに一つの表を書きます。クライアントには、求める名前を持つものを、\nなければ"
       "最初のものを渡します。同じ名前の ECDSA と RSA "
       "の証明書は併用されます。一つも\nなければ、サーバーが自己署名して、データフォルダーに置きま"
       "す。"},
      kCertificateKeys,
      nullptr,
      &Config::certificates};
}
Section<Tls> tls_section() {
  return {"tls", {"TLS with everybody.", "すべての相手との TLS。"}, kTlsKeys, &Config::tls};
}
Section<Auth> auth_section() {
  return {"auth",
          {"How people log in; always over TLS. PLAIN and LOGIN are always offered.",
           "ログインの方式。常に TLS の上で行います。PLAIN と LOGIN は常に提供します。"},
          kAuthKeys,
          &Config::auth};
}
Section<Smtp> smtp_section() {
  return {"smtp",
          {"Mail that comes in: smtp, lmtp, submission and submissions.",
           "届くメール: smtp、lmtp、submission、submissions。"},
          kSmtpKeys,
          &Config::smtp};
}
Section<Imap> imap_section() {
  return {"imap", {"Reading over IMAP.", "IMAP での閲覧。"}, kImapKeys, &Config::imap};
}
Section<Pop3> pop3_section() {
  return {"pop3", {"Reading over POP3.", "POP3 での閲覧。"}, kPop3Keys, &Config::pop3};
}
Section<Dns> dns_section() {
  return {"dns", {"Looking up where mail goes.", "メールの行き先の検索。"}, kDnsKeys, &Config::dns};
}
Section<Delivery> delivery_section() {
  return {"delivery",
          {"Mail that goes out to other servers.", "他のサーバーへ送るメール。"},
          kDeliveryKeys,
          &Config::delivery};
}
Section<Limits> limits_section() {
  return {"limits",
          {"What one client, or all of them, may use up.",
           "一つのクライアント、または全体が使える上限。"},
          kLimitsKeys,
          &Config::limits};
}
Section<Control> control_section() {
  return {"control",
          {"How `hikyaku account add` and the like reach the running server.",
           "`hikyaku account add` などが動作中のサーバーに届く方法。"},
          kControlKeys,
          &Config::control};
}

}  // namespace hikyaku::config
