// SPDX-License-Identifier: Apache-2.0
#include "app/quickstart_texts.h"

#include <array>

#include "base/assert.h"

namespace hikyaku::app {
namespace {

struct Entry {
  Text text;
  std::string_view english;
  std::string_view japanese;
};

constexpr std::array kEntries{
    Entry{Text::kTitle, "hikyaku for {0} on {1}", "hikyaku の準備: {0} ({1})"},
    Entry{Text::kMade, "made", "作成"},
    Entry{Text::kKept, "kept", "そのまま"},
    Entry{Text::kConfiguration, "configuration", "設定ファイル"},
    Entry{Text::kSystemUser, "system user", "システムユーザー"},
    Entry{Text::kDataFolder, "data folder", "データフォルダー"},
    Entry{Text::kUnit, "systemd unit", "systemd ユニット"},
    Entry{Text::kDomain, "domain", "ドメイン"},
    Entry{Text::kAccount, "account", "アカウント"},
    Entry{Text::kAlias, "alias", "別名"},
    Entry{Text::kCertificate, "certificate", "証明書"},
    Entry{Text::kSigningKey, "DKIM key", "DKIM 鍵"},
    Entry{Text::kNoteSelfSigned, "self-signed, for {0}", "自己署名 ({0})"},
    Entry{Text::kNoteNamesLack,
          "it does not name {0}: remove it, and run quickstart again for a new one",
          "{0} が含まれていません。このファイルを削除し、quickstart を再実行すると作り直します"},
    Entry{Text::kNoteConfigured, "named in the configuration", "設定ファイルで指定されたもの"},
    Entry{Text::kNoteUnitDiffers,
          "it differs from what quickstart would write: to get that, remove it and run quickstart "
          "again",
          "quickstart の書く内容と異なります。新しいものが必要なら、削除して再実行してください"},
    Entry{Text::kNoteUnitBinary,
          "it starts {0}, which other users may not be able to run: install the program, remove "
          "the unit, and run quickstart again",
          "{0} を起動しますが、他のユーザーが実行できない可能性があります。プログラムを"
          "インストールし、ユニットを削除して quickstart を再実行してください"},
    Entry{Text::kNoteHostStays, "server.hostname stays {0}; to change it, edit the file",
          "server.hostname は {0} のままです。変更するにはファイルを編集してください"},
    Entry{Text::kPassword, "Password: {0}", "パスワード: {0}"},
    Entry{Text::kPasswordOnce, "It is shown only now. A new one: {0}",
          "表示されるのは今回だけです。新しいものに変えるには: {0}"},
    Entry{Text::kPasswordStays, "Its password stays as it was. Forgotten? A new one: {0}",
          "パスワードは変わっていません。忘れた場合は新しいものに: {0}"},

    Entry{Text::kMachine, "This machine", "このマシン"},
    Entry{Text::kHostOk, "{0} is a full host name", "{0} は完全なホスト名です"},
    Entry{Text::kHostBad, "{0} is no host name that other servers can look up",
          "{0} は他のサーバーが検索できるホスト名ではありません"},
    Entry{Text::kHostBadFix, "set server.hostname in {0} to a name of yours, like mail.{1}",
          "{0} の server.hostname を mail.{1} のような自分の名前にしてください"},
    Entry{Text::kDnsOk, "DNS answers", "DNS は応答します"},
    Entry{Text::kDnsSilent, "DNS gives no answer ({0})", "DNS が応答しません ({0})"},
    Entry{Text::kDnsSilentFix,
          "if this machine is on the Internet, let it ask your provider's name server (its address "
          "is in /etc/resolv.conf): dns.forwarders = [\"ADDRESS\"] in {0}",
          "インターネットに接続しているなら、プロバイダーのネームサーバー (アドレスは "
          "/etc/resolv.conf にあります) を使ってください: {0} に dns.forwarders = [\"アドレス\"]"},
    Entry{Text::kForwardOk, "{0} leads to this machine: {1}",
          "{0} はこのマシンを指しています: {1}"},
    Entry{Text::kForwardHidden,
          "{0} leads to {1}; whether that is this machine can not be seen from here, since it has "
          "no public address itself",
          "{0} は {1} を指しています。このマシン自身は公開アドレスを持たないため、"
          "一致するかどうかはここからは分かりません"},
    Entry{Text::kForwardHiddenFix,
          "let the router in front pass to this machine what comes to port {0}",
          "手前のルーターでポート {0} をこのマシンに転送してください"},
    Entry{Text::kForwardElsewhere, "{0} leads to {1}, but this machine is {2}",
          "{0} は {1} を指していますが、このマシンは {2} です"},
    Entry{Text::kForwardElsewhereFix, "correct its A and AAAA records: see the records below",
          "A および AAAA レコードを修正してください (下の一覧を参照)"},
    Entry{Text::kForwardNone, "{0} has no address in DNS yet",
          "{0} のアドレスはまだ DNS にありません"},
    Entry{Text::kForwardNoneFix, "publish its A and AAAA records: see the records below",
          "A および AAAA レコードを公開してください (下の一覧を参照)"},
    Entry{Text::kForwardUnknown, "the address of {0} can not be looked up now ({1})",
          "{0} のアドレスを今は検索できません ({1})"},
    Entry{Text::kReverseOk, "{0} is called {1}", "{0} の名前は {1} です"},
    Entry{Text::kReverseOther,
          "{0} is called {1}, not {2}: many servers refuse or junk mail from it",
          "{0} の名前は {1} で、{2} ではありません。多くのサーバーがこのアドレスからのメールを"
          "拒否するか迷惑メールとして扱います"},
    Entry{Text::kReverseNone, "{0} has no name: many servers refuse mail from it",
          "{0} には名前がありません。多くのサーバーがこのアドレスからのメールを拒否します"},
    Entry{Text::kReverseFix,
          "where the address is from (the provider's panel), set its reverse DNS (PTR) to {0}",
          "アドレスの提供元 (プロバイダーの管理画面) で逆引き DNS (PTR) を {0} にしてください"},
    Entry{Text::kReverseUnknown, "the name of {0} can not be looked up now ({1})",
          "{0} の名前を今は検索できません ({1})"},
    Entry{Text::kReverseNoAddress,
          "this machine's public address is not known, so neither is its "
          "name",
          "このマシンの公開アドレスが分からないため、その名前も分かりません"},
    Entry{Text::kAgainFix, "look again when the network is there: {0}",
          "ネットワークが使えるときに再度確認してください: {0}"},
    Entry{Text::kOutwardsOk, "port 25 outwards is open: {0} answered",
          "外向きのポート 25 は開いています: {0} が応答しました"},
    Entry{Text::kOutwardsBlocked,
          "port 25 outwards seems to be closed: no mail server answered ({0})",
          "外向きのポート 25 は閉じているようです: メールサーバーの応答がありません ({0})"},
    Entry{
        Text::kOutwardsBlockedFix,
        "ask your provider to open port 25 outwards; until then mail to others waits in the queue",
        "外向きのポート 25 の開放をプロバイダーに依頼してください。"
        "それまで、他のサーバー宛てのメールはキューで待ちます"},
    Entry{Text::kOutwardsUnknown, "port 25 outwards could not be tried: {0}",
          "外向きのポート 25 は試せませんでした: {0}"},
    Entry{Text::kPortsFree, "free ports: {0}", "空いているポート: {0}"},
    Entry{Text::kPortsOurs, "hikyaku runs; its ports: {0}",
          "hikyaku が動作中で、ポート {0} を使っています"},
    Entry{Text::kPortTaken, "port {0} ({1}) is taken by another program",
          "ポート {0} ({1}) は別のプログラムが使っています"},
    Entry{Text::kPortTakenBy, "port {0} ({1}) is taken by {2}",
          "ポート {0} ({1}) は {2} が使っています"},
    Entry{Text::kPortTakenFix, "{1}; or choose another port in {0}",
          "{1}。または {0} で別のポートを選んでください"},
    Entry{Text::kPortsNoRight, "you may not open these ports yourself: {0}",
          "ポート {0} を開く権限がありません"},
    Entry{Text::kPortsNoRightFix, "start hikyaku by its systemd unit or as root",
          "systemd ユニットから、または root として hikyaku を起動してください"},
    Entry{Text::kPortFails, "port {0} ({1}) can not be opened: {2}",
          "ポート {0} ({1}) を開けません: {2}"},
    Entry{Text::kPortFailsFix, "correct the listener's address in {0}",
          "{0} の listener のアドレスを修正してください"},
    Entry{Text::kClockOk, "the clock is kept right over the network",
          "時計はネットワークで正しく保たれています"},
    Entry{Text::kClockLoose, "nothing keeps the clock right",
          "時計を正しく保つものが動いていません"},
    Entry{Text::kClockWrong, "the clock says {0}, which can not be",
          "時計が {0} を示していますが、ありえない時刻です"},
    Entry{Text::kClockFix,
          "timedatectl set-ntp true (Debian: after apt-get install systemd-timesyncd)",
          "timedatectl set-ntp true (Debian では先に apt-get install systemd-timesyncd)"},
    Entry{Text::kClockUnknown, "whether the clock is kept right can not be asked",
          "時計が正しく保たれているかどうかを確認できません"},
    Entry{Text::kDiskOk, "{0} has {1} free", "{0} の空きは {1} です"},
    Entry{Text::kDiskLow, "{0} has only {1} free", "{0} の空きが {1} しかありません"},
    Entry{Text::kDiskFix,
          "make room; when the disk is full, mail is not lost, but senders must wait",
          "空きを増やしてください。ディスクが一杯になってもメールは失われませんが、送信側は"
          "待たされます"},
    Entry{Text::kDiskUnknown, "the room in {0} can not be asked", "{0} の空きを確認できません"},
    Entry{Text::kUserOk, "the server runs as the user {0}",
          "サーバーはユーザー {0} として動作します"},
    Entry{Text::kUserRoot, "the server would run as root", "サーバーは root として動作します"},
    Entry{Text::kUserRootFix,
          "give it a user of its own: {0}; then server.user = \"{1}\" in {2}, and User={1}, "
          "Group={1} in {3}",
          "専用のユーザーを作ってください: {0}。次に {2} で server.user = \"{1}\"、{3} で "
          "User={1}, Group={1} としてください"},
    Entry{Text::kUserMissing, "there is no user {0} for the server to run as",
          "サーバーを動かすユーザー {0} がありません"},
    Entry{Text::kUserMissingFix, "{0}; then run quickstart again",
          "{0} を実行してから、quickstart を再実行してください"},

    Entry{Text::kRecords, "DNS records to publish for {0}", "公開する DNS レコード ({0})"},
    Entry{Text::kWhyMx, "where mail for the domain goes", "ドメイン宛てのメールの行き先"},
    Entry{Text::kWhyAddress, "where the host is", "ホストのアドレス"},
    Entry{Text::kWhyFillIn, "fill in this machine's public IPv4 address",
          "このマシンの公開 IPv4 アドレスを記入してください"},
    Entry{Text::kWhyFillInIpv6, "and its public IPv6 address, if it has one",
          "公開 IPv6 アドレスがあれば、それも"},
    Entry{Text::kWhyPtr, "the host's name for its address; to be set where the address is from",
          "アドレスの逆引き。アドレスの提供元で設定します"},
    Entry{Text::kWhySpf, "only this server sends for the domain",
          "このサーバーだけがドメインのメールを送ります"},
    Entry{Text::kWhySpfHost, "the same for returned mail, which has no sender",
          "差出人のない返送メールのために同じことを示します"},
    Entry{Text::kWhyDmarc, "reports of misuse come to postmaster",
          "不正利用の報告が postmaster に届きます"},
    Entry{
        Text::kWhyDkim,
        "the key for signatures; this release does not sign yet, published now it is known when "
        "a later one does",
        "署名用の鍵。このリリースはまだ署名しませんが、今公開しておけば後のリリースですぐ使えます"},
    Entry{Text::kWhySrv, "mail programs find the server by it",
          "メールソフトがサーバーを見つけます"},

    Entry{Text::kPrograms, "Settings for mail programs", "メールソフトの設定"},
    Entry{Text::kUserName, "user name", "ユーザー名"},
    Entry{Text::kNext, "What to do next", "次にすること"},
    Entry{Text::kNextPublish, "publish the DNS records above",
          "上の DNS レコードを公開してください"},
    Entry{Text::kNextFirewall, "let a firewall pass what comes to port {0}",
          "ファイアウォールでポート {0} を通してください"},
    Entry{Text::kNextStartUnit, "start it: {0}", "起動: {0}"},
    Entry{Text::kNextStartCopy, "start it, as root: {0}", "起動 (root で): {0}"},
    Entry{Text::kNextRestart, "it runs already; nothing needs a restart",
          "すでに動作中です。再起動は不要です"},
    Entry{Text::kNextForeground, "or in the foreground: {0}", "またはフォアグラウンドで: {0}"},
    Entry{
        Text::kNextCertificate,
        "take a certificate that mail programs know, for example with certbot, and name it in {0} "
        "([[certificate]] with file and key)",
        "メールソフトが信頼する証明書を (certbot などで) 取得し、{0} で指定してください "
        "([[certificate]] の file と key)"},
    Entry{Text::kNextAgain, "check the machine again at any time: {0}",
          "マシンの確認はいつでも再実行できます: {0}"},
};

static_assert(kEntries.size() == static_cast<std::size_t>(Text::kEnd));

constexpr bool in_order() {
  for (std::size_t i = 0; i < kEntries.size(); ++i)
    if (static_cast<std::size_t>(kEntries[i].text) != i) return false;
  return true;
}
static_assert(in_order(), "the table stands in the order of the enum");

}  // namespace

std::string_view text_of(Text text, Language language) {
  HK_ASSERT(text < Text::kEnd);
  const auto& entry = kEntries[static_cast<std::size_t>(text)];
  return language == Language::kJapanese ? entry.japanese : entry.english;
}

}  // namespace hikyaku::app
