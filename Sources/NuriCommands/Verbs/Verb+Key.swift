import TwinEngine
import TwinGraph
import TwinValues

extension VerbSpec {
  static let keyCreate = VerbSpec(
    path: ["key", "create"],
    summary: Text(
      "Makes an API key and shows it, once.", ko: "API 키를 만들어 한 번만 보여 줍니다."),
    arguments: [ArgumentSpec("LABEL", Text("Whose it is, or what for.", ko: "누구의 것인지, 무엇에 쓰는지."))],
    options: [
      .value(
        "role", "ROLE", Text("What it allows: \(roleNames).", ko: "허용하는 역할: \(roleNames)."), repeats: true),
      .value("group", "NAME", Text("A group for policies to speak of.", ko: "정책이 가리킬 그룹."), repeats: true),
      .value("expires", "INSTANT", Text("When it stops to work.", ko: "이 시각부터 쓸 수 없습니다.")),
    ],
    examples: [
      Example("nuri key create dashboard --role reader", Text("For reading.", ko: "읽기용.")),
      Example(
        "nuri key create \"pump crew\" --role operator --group contractors",
        Text("For people a policy speaks of.", ko: "정책이 가리키는 사람들용.")),
    ],
    run: { invocation in
      let label = try invocation.required(0)
      let roles = try invocation.roles()
      guard !roles.isEmpty else {
        throw CommandError.usage(Text("Say at least one --role.", ko: "--role을 하나 이상 주세요."))
      }
      let expires = try invocation.instant("expires")
      return try invocation.withEngine { engine in
        let (text, entry) = try Session(engine, as: .owner()).createKey(
          label: label, roles: roles, groups: Set(invocation.values("group")), expires: expires)
        if invocation.isJSON {
          invocation.printJSON {
            $0.beginObject()
            $0.member("key", text)
            entry.members(into: &$0)
            $0.endObject()
          }
        } else {
          invocation.terminal.note(
            Text("Keep it now: it is not shown again.", ko: "지금 보관하세요. 다시 보여 주지 않습니다."))
          invocation.terminal.print(text)
        }
        return .success
      }
    })

  private static var roleNames: String { Principal.Role.allCases.map(\.rawValue).joined(separator: ", ") }

  static let keyList = VerbSpec(
    path: ["key", "list"],
    summary: Text("Lists the API keys.", ko: "API 키를 나열합니다."),
    examples: [Example("nuri key list", Text("All of them.", ko: "모두."))],
    run: { invocation in
      try invocation.withEngine { engine in
        let language = invocation.terminal.language
        var table = TextTable(
          [
            Text("key", ko: "키"), Text("label", ko: "이름"), Text("roles", ko: "역할"), Text("groups", ko: "그룹"),
            Text("created", ko: "만든 때"), Text("ends", ko: "끝나는 때"),
          ].map { $0[language] })
        for key in try Session(engine, as: .owner()).keys() {
          if invocation.isJSON {
            invocation.printJSON {
              $0.beginObject()
              key.members(into: &$0)
              $0.endObject()
            }
            continue
          }
          let revoked = Text("revoked", ko: "취소됨")[language]
          table.add([
            key.id, key.label, key.roles.sorted().map(\.rawValue).joined(separator: ", "),
            key.groups.sorted().joined(separator: ", "), key.created.description,
            key.revoked == nil ? key.expires?.description ?? "-" : revoked,
          ])
        }
        if !invocation.isJSON { invocation.terminal.print(table) }
        return .success
      }
    })

  static let keyRevoke = VerbSpec(
    path: ["key", "revoke"],
    summary: Text("Revokes an API key: it opens nothing any more.", ko: "API 키를 취소합니다. 더는 아무것도 열지 못합니다."),
    arguments: [ArgumentSpec("KEY", Text("Its id, not its text.", ko: "키의 글이 아니라 id."))],
    options: [.flag("delete", Text("Takes it off the list too.", ko: "목록에서도 지웁니다."))],
    examples: [Example("nuri key revoke 3fK8a0Zq1LmT", Text("One key.", ko: "키 하나."))],
    run: { invocation in
      let id = try invocation.required(0)
      return try invocation.withEngine { engine in
        let session = Session(engine, as: .owner())
        if invocation.has("delete") { try session.deleteKey(id) } else { try session.revokeKey(id) }
        invocation.done(Text("Revoked \(id).", ko: "\(id)을(를) 취소했습니다.")) { $0.member("id", id) }
        return .success
      }
    })
}

extension Invocation {
  /// The roles of `--role`.
  func roles() throws(CommandError) -> Set<Principal.Role> {
    var roles: Set<Principal.Role> = []
    for name in values("role") {
      guard let role = Principal.Role(rawValue: name) else {
        let names = Principal.Role.allCases.map(\.rawValue).joined(separator: ", ")
        throw CommandError.usage(
          Text("There is no role \(name). There are \(names).", ko: "\(name) 역할은 없습니다. 있는 역할: \(names)."))
      }
      roles.insert(role)
    }
    return roles
  }
}

extension KeyEntry {
  fileprivate func members(into writer: inout JSONWriter) {
    writer.member("id", id)
    writer.member("label", label)
    for (name, texts) in [("roles", roles.sorted().map(\.rawValue)), ("groups", groups.sorted())] {
      writer.key(name)
      writer.beginArray()
      for text in texts { writer.string(text) }
      writer.endArray()
    }
    writer.member("created", created.description)
    writer.member("expires", expires?.description)
    writer.member("revoked", revoked?.description)
  }
}
