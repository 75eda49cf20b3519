// SPDX-License-Identifier: Apache-2.0
#include "config/print.h"

#include <fmt/format.h>

#include "config/keys.h"
#include "config/units.h"

namespace hikyaku::config {
namespace {

constexpr Words kDefaultsTitle{
    "# Configuration of hikyaku: every key with its default. None is required: an empty file is\n"
    "# valid. Take the # off what you change. Relative paths count from this file's folder.\n"
    "# Domains, accounts and aliases are not here: see `hikyaku domain --help`.\n",
    "# hikyaku の設定: すべての項目とその既定値。必須の項目はなく、空のファイルでも有効です。\n"
    "# 変更する行の # を外してください。相対パスはこのファイルのフォルダーから数えます。\n"
    "# ドメイン、アカウント、別名はここにはありません: `hikyaku domain --help` を参照。\n"};

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + '"';
}

template <class T, class F>
std::string list_of(const std::vector<T>& values, F print_one) {
  std::string out = "[";
  for (const T& value : values) {
    if (out.size() > 1) out += ", ";
    out += quoted(print_one(value));
  }
  return out + "]";
}
std::string same(const std::string& text) { return text; }

template <class S>
struct ValueOf {
  const S& from;
  std::string operator()(const Text<S>& k) const { return quoted(from.*k.member); }
  std::string operator()(const Texts<S>& k) const { return list_of(from.*k.member, same); }
  std::string operator()(const Path<S>& k) const { return quoted(from.*k.member); }
  std::string operator()(const Paths<S>& k) const { return list_of(from.*k.member, same); }
  std::string operator()(const Number<S>& k) const { return fmt::format("{}", from.*k.member); }
  std::string operator()(const Port<S>& k) const { return fmt::format("{}", from.*k.member); }
  std::string operator()(const Amount<S>& k) const { return quoted(print_size(from.*k.member)); }
  std::string operator()(const Period<S>& k) const {
    return quoted(print_duration(from.*k.member));
  }
  std::string operator()(const Periods<S>& k) const {
    return list_of(from.*k.member, print_duration);
  }
  std::string operator()(const Toggle<S>& k) const {
    return from.*k.member == Switch::kOn ? "true" : "false";
  }
  std::string operator()(const Choice<S>& k) const { return quoted(k.words[k.get(from)]); }
};

/// What may be written, for the reference.
template <class S>
struct FormOf {
  std::string operator()(const Text<S>& /*k*/) const { return "text"; }
  std::string operator()(const Texts<S>& /*k*/) const { return "list of texts"; }
  std::string operator()(const Path<S>& /*k*/) const { return "path"; }
  std::string operator()(const Paths<S>& /*k*/) const { return "list of paths"; }
  std::string operator()(const Number<S>& k) const { return fmt::format("{} to {}", k.min, k.max); }
  std::string operator()(const Port<S>& k) const { return fmt::format("{} to 65535", k.min); }
  std::string operator()(const Amount<S>& k) const {
    return fmt::format("size, {} to {}", print_size(k.min), print_size(k.max));
  }
  std::string operator()(const Period<S>& k) const {
    return fmt::format("time, {} to {}", print_duration(k.min), print_duration(k.max));
  }
  std::string operator()(const Periods<S>& k) const {
    return fmt::format("list of times, {} to {}", print_duration(k.min), print_duration(k.max));
  }
  std::string operator()(const Toggle<S>& /*k*/) const { return "true or false"; }
  std::string operator()(const Choice<S>& k) const {
    std::string out;
    for (const auto word : k.words) out += fmt::format("{}`\"{}\"`", out.empty() ? "" : " ", word);
    return out;
  }
};

std::string with_prefix(std::string_view text, std::string_view prefix) {
  std::string out(prefix);
  for (const char c : text) {
    out += c;
    if (c == '\n') out += prefix;
  }
  return out + "\n";
}

std::string on_one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '\n') c = ' ';
  }
  return out;
}

template <class S>
std::string title(const Section<S>& section) {
  return section.many != nullptr ? fmt::format("[[{}]]", section.name)
                                 : fmt::format("[{}]", section.name);
}

template <class S>
std::string print_table(const Section<S>& section, const S& values) {
  auto out = fmt::format("\n{}\n", title(section));
  for (const auto& key : section.keys) {
    out += fmt::format("{} = {}\n", key.name, std::visit(ValueOf<S>{values}, key.setting));
  }
  return out;
}

template <class S>
std::string json_object(const Section<S>& section, const S& values, std::string_view indent) {
  std::string out = "{";
  for (const auto& key : section.keys) {
    // What TOML is written with here is JSON too: texts, lists, numbers, true and false.
    out += fmt::format("{}\n{}  {}: {}", out.size() > 1 ? "," : "", indent, quoted(key.name),
                       std::visit(ValueOf<S>{values}, key.setting));
  }
  return out + fmt::format("\n{}}}", indent);
}

}  // namespace

std::string print_json(const Config& config) {
  std::string out = "{";
  for_each_section([&]<class S>(const Section<S>& section) {
    out += fmt::format("{}\n  {}: ", out.size() > 1 ? "," : "", quoted(section.name));
    if (section.many == nullptr) {
      out += json_object(section, config.*section.member, "  ");
      return;
    }
    std::string list;
    for (const auto& values : config.*section.many)
      list += (list.empty() ? "" : ", ") + json_object(section, values, "  ");
    out += "[" + list + "]";
  });
  return out + "\n}\n";
}

std::string print_defaults(Language in) {
  std::string out(kDefaultsTitle.in(in));
  for_each_section([&out, in]<class S>(const Section<S>& section) {
    const bool many = section.many != nullptr;
    out += "\n" + with_prefix(section.what.in(in), "# ");
    out += (many ? "# " : "") + title(section) + "\n";
    for (const Key<S>& key : section.keys) {
      if (!many) out += "\n";
      out += with_prefix(key.what.in(in), "# ");
      const auto value = std::visit(ValueOf<S>{S{}}, key.setting);
      out += fmt::format("# {} = {}\n", key.name, value);
    }
  });
  return out;
}

std::string print(const Config& config, Language in) {
  auto out = say(in, Words{"# What is in force.\n", "# 有効な設定\n"});
  for_each_section([&](const auto& section) {
    if (section.many == nullptr) {
      out += print_table(section, config.*section.member);
      return;
    }
    for (const auto& values : config.*section.many) out += print_table(section, values);
  });
  return out;
}

std::string print_reference() {
  std::string out =
      "# Configuration\n\n"
      "One TOML file, by default `/etc/hikyaku/hikyaku.toml`. No key is required, and an empty "
      "file is\n"
      "valid. `hikyaku config check` finds mistakes, `hikyaku config show` prints what is in "
      "force, and\n"
      "`hikyaku config defaults` a sample with comments. Relative paths count from the file's "
      "folder.\n"
      "Sizes are written like `\"50MiB\"`, times like `\"1h30m\"`. Unknown keys are mistakes.\n\n"
      "Domains, accounts and aliases are not here: they change while the server runs, by "
      "command.\n\n"
      "This page is made from the program's own table of keys, and a test compares them.\n";
  for_each_section([&out]<class S>(const Section<S>& section) {
    out += "\n## " + title(section) + "\n\n";
    out += with_prefix(section.what.english, "");
    out += "\n| key | what | values | default |\n|---|---|---|---|\n";
    for (const auto& key : section.keys) {
      out += fmt::format("| `{}` | {} | {} | `{}` |\n", key.name, on_one_line(key.what.english),
                         std::visit(FormOf<S>{}, key.setting),
                         std::visit(ValueOf<S>{S{}}, key.setting));
    }
  });
  return out;
}

}  // namespace hikyaku::config
