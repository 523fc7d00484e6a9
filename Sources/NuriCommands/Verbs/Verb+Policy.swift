import TwinEngine
import TwinGraph
import TwinValues

extension VerbSpec {
  static let policyList = VerbSpec(
    path: ["policy", "list"],
    summary: Text("Lists the policies in the order in which they decide.", ko: "정책을 결정하는 순서대로 나열합니다."),
    examples: [Example("nuri policy list", Text("All of them, as JSON.", ko: "모두, JSON으로."))],
    run: { invocation in
      try invocation.withEngine { engine in
        for policy in try Session(engine, as: .owner()).policies() {
          invocation.printJSON { $0.raw(policy.json) }
        }
        return .success
      }
    })

  static let policyPut = VerbSpec(
    path: ["policy", "put"],
    summary: Text("Puts policies in force.", ko: "정책을 시행합니다."),
    details: Text(
      "A file holds one policy, or a list of them. Each takes the place of the one with its id.",
      ko: "파일에는 정책 하나나 정책의 목록이 있습니다. id가 같은 것을 대신합니다."),
    arguments: [ArgumentSpec("FILE", Text("A JSON file.", ko: "JSON 파일."), count: .oneOrMore)],
    examples: [Example("nuri policy put contractors.json", Text("From a file.", ko: "파일에서."))],
    run: { invocation in
      var bodies: [[UInt8]] = []
      for path in invocation.command.arguments { bodies += try invocation.policies(in: path) }
      // All of them are read before the first is put.
      for body in bodies { _ = try Policy(body) }
      let all = bodies
      return try invocation.withEngine { engine in
        let session = Session(engine, as: .owner())
        for body in all {
          let policy = try session.putPolicy(body)
          invocation.done(Text("In force: \(policy.id).", ko: "시행: \(policy.id).")) {
            $0.member("id", policy.id)
          }
        }
        return .success
      }
    })

  static let policyDelete = VerbSpec(
    path: ["policy", "delete"],
    summary: Text("Takes a policy out of force.", ko: "정책을 거둡니다."),
    arguments: [ArgumentSpec("ID", Text("The policy.", ko: "정책."))],
    examples: [Example("nuri policy delete contractors", Text("One policy.", ko: "정책 하나."))],
    run: { invocation in
      let id = try invocation.required(0)
      return try invocation.withEngine { engine in
        try Session(engine, as: .owner()).deletePolicy(id)
        invocation.done(Text("Out of force: \(id).", ko: "거둠: \(id).")) { $0.member("id", id) }
        return .success
      }
    })

  static let policyTest = VerbSpec(
    path: ["policy", "test"],
    summary: Text("Says whether somebody may do something, and why.", ko: "누가 무엇을 해도 되는지, 왜 그런지 말합니다."),
    arguments: [
      ArgumentSpec("ACTION", Text("read or write.", ko: "read 또는 write.")),
      ArgumentSpec("TWIN", Text("The twin.", ko: "트윈.")),
      ArgumentSpec(
        "PATH", Text("A property, or the name of a relationship.", ko: "속성이나 관계의 이름."), count: .optional),
    ],
    options: [
      .value("key", "ID", Text("Who: an API key.", ko: "누가: API 키.")),
      .value("as", "ID", Text("Who: a principal's id.", ko: "누가: 주체의 id.")),
      .value("role", "ROLE", Text("With --as: a role it has.", ko: "--as와 함께: 가진 역할."), repeats: true),
      .value("group", "NAME", Text("With --as: a group it is in.", ko: "--as와 함께: 속한 그룹."), repeats: true),
      .world,
    ],
    examples: [
      Example(
        "nuri policy test read bldg-w123 owner --as user:kim --role reader --group contractors",
        Text("A person.", ko: "사람.")),
      Example("nuri policy test write pump-7 --key 3fK8a0Zq1LmT", Text("A key.", ko: "키.")),
    ],
    run: { invocation in
      guard let action = Policy.Action(rawValue: try invocation.required(0)) else {
        throw CommandError.usage(Text("The action is read or write.", ko: "ACTION은 read나 write입니다."))
      }
      let twin = try invocation.required(1)
      let roles = try invocation.roles()
      return try invocation.withEngine { engine in
        let session = Session(engine, as: .owner())
        let explanation = try session.explain(
          action, world: invocation.value("world") ?? Engine.live, twin: twin, path: invocation.argument(2),
          for: try invocation.tested(session, roles))
        invocation.done(explanation.words) {
          $0.key("allowed")
          $0.bool(explanation.isAllowed)
          $0.member("policy", explanation.policy)
          $0.member("text", explanation.text)
        }
        return .success
      }
    })
}

extension Invocation {
  /// The policies of a file.
  fileprivate func policies(in path: String) throws -> [[UInt8]] {
    let root = try JSONDocument(try read(path)).root
    let nodes = root.kind == .array ? Array(root.elements) : [root]
    return nodes.map { node in
      var writer = JSONWriter()
      writer.node(node)
      return writer.bytes
    }
  }

  /// Who a decision is asked about.
  fileprivate func tested(_ session: Session, _ roles: Set<Principal.Role>) throws -> Principal {
    if let id = value("key") {
      guard let key = try session.keys().first(where: { $0.id == id }) else {
        throw NuriError(.keyNotFound, "There is no key \"\(id)\".", advice: "List them with: nuri key list")
      }
      return key.principal
    }
    guard let id = value("as") else {
      throw CommandError.usage(Text("Say who: --key or --as.", ko: "누구인지 --key나 --as로 말해 주세요."))
    }
    return Principal(id, roles: roles, groups: Set(values("group")))
  }
}

extension Explanation {
  /// The policy that decided.
  fileprivate var policy: String? {
    switch reason {
    case .policy(let id, _), .world(let id): id
    case .owner, .role, .noPolicy, .noTwin: nil
    }
  }

  /// The decision in both languages.
  fileprivate var words: Text {
    let answer = isAllowed ? "허용" : "거부"
    let korean =
      switch reason {
      case .owner: "\(answer): 데이터 폴더를 가진 사람은 정책에 매이지 않습니다."
      case .role(let roles):
        "\(answer): 가진 역할로는 안 됩니다. 필요한 역할: \(roles.map(\.rawValue).joined(separator: ", "))."
      case .policy(let id, let world): "\(answer): 세계 \(world)에서 이것을 말하는 첫 정책 \(id)에 따라."
      case .world(let id): "\(answer): 정책 \(id)이(가) 세계 전체를 숨깁니다."
      case .noPolicy: "\(answer): 말하는 정책이 없고 역할이 허용합니다."
      case .noTwin: "\(answer): 그런 트윈이 없습니다."
      }
    return Text(text, ko: korean)
  }
}
