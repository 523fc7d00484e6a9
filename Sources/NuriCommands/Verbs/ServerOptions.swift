import TwinServer
import TwinValues

/// The options that say how to serve, and what they come to together with the file and the environment.
enum ServerOptions {
  static let all: [OptionSpec] = [
    .value(
      "config", "FILE",
      Text("The file with settings; otherwise $NURI_CONFIG.", ko: "설정 파일. 없으면 $NURI_CONFIG.")),
    .value(
      "listen", "ADDRESS:PORT",
      Text("Where to listen; 127.0.0.1:8080 if left out.", ko: "들을 주소. 없으면 127.0.0.1:8080."), repeats: true),
    .flag(
      "tls",
      Text("Encrypts, with a certificate from an authority of its own.", ko: "자체 인증 기관의 인증서로 암호화합니다.")),
    .value("tls-name", "NAME", Text("A further name of the certificate.", ko: "인증서에 더할 이름."), repeats: true),
    .value("page", "FOLDER", Text("The folder of the page to serve at /.", ko: "/에서 보여 줄 페이지의 폴더.")),
    .value(
      "set", "NAME=VALUE",
      Text("Any setting; docs/server.md lists them.", ko: "아무 설정이나. 목록은 docs/server.md에 있습니다."), repeats: true
    ),
  ]

  /// Variables that are not settings.
  private static let others: Set<String> = ["NURI_CONFIG", "NURI_STORM_SECONDS", "NURI_STORM_SEED"]

  /// Reads the file, then the environment, then the flags: the later wins.
  static func read(_ invocation: Invocation) -> SettingsReader {
    let environment = invocation.terminal.console.environment
    var reader = SettingsReader()
    if let path = invocation.value("config") ?? environment["NURI_CONFIG"], !path.isEmpty {
      reader.read(file: path)
    }
    reader.read(environment: environment, ignoring: others)
    for setting in Setting.all {
      guard let flag = setting.flag, invocation.has(flag) else { continue }
      reader.read(flag: flag, values: invocation.values(flag), for: setting)
    }
    for assignment in invocation.values("set") { reader.read(assignment: assignment) }
    return reader
  }
}

extension VerbSpec {
  static let configCheck = VerbSpec(
    path: ["config", "check"],
    summary: Text(
      "Checks the server's settings and shows what they come to.", ko: "서버 설정을 검사하고 결과를 보여 줍니다."),
    details: Text(
      """
      Reports everything that is wrong with its place, warns of what is risky, and lists every setting with its value \
      and where it came from. Secrets are not shown. Nothing is opened or started.
      """,
      ko: """
        틀린 곳을 모두 위치와 함께 알리고, 위험한 설정을 경고하고, 모든 설정의 값과 출처를 보여 줍니다. \
        비밀은 보여 주지 않습니다. 아무것도 열거나 시작하지 않습니다.
        """),
    options: ServerOptions.all,
    examples: [
      Example("nuri config check --config nuri.conf", Text("Before a restart.", ko: "다시 시작하기 전에."))
    ],
    run: { invocation in
      let settings = ServerOptions.read(invocation)
      let terminal = invocation.terminal
      if invocation.isJSON {
        printJSON(settings, invocation)
      } else {
        for error in settings.errors { terminal.report(error) }
        for warning in settings.warnings {
          terminal.note(Text("warning: \(warning)", ko: "경고: \(warning)"))
        }
        var table = TextTable([
          Text("setting", ko: "설정")[terminal.language], Text("value", ko: "값")[terminal.language],
          Text("from", ko: "출처")[terminal.language],
        ])
        for setting in Setting.all {
          table.add([
            setting.name, setting.value(in: settings.configuration), settings.source(of: setting).description,
          ])
        }
        terminal.print(table)
      }
      return settings.errors.isEmpty ? .success : .invalid
    })

  private static func printJSON(_ settings: SettingsReader, _ invocation: Invocation) {
    invocation.printJSON { writer in
      writer.beginObject()
      writer.key("errors")
      writer.beginArray()
      for error in settings.errors {
        writer.beginObject()
        writer.member("code", error.code.rawValue)
        writer.member("message", error.message)
        writer.member("place", error.place)
        writer.member("advice", error.advice)
        writer.endObject()
      }
      writer.endArray()
      writer.key("warnings")
      writer.beginArray()
      for warning in settings.warnings { writer.string(warning) }
      writer.endArray()
      writer.key("settings")
      writer.beginObject()
      for setting in Setting.all {
        writer.key(setting.name)
        writer.beginObject()
        writer.key("value")
        writer.raw(setting.value(in: settings.configuration).utf8)
        writer.member("from", settings.source(of: setting).description)
        writer.endObject()
      }
      writer.endObject()
      writer.endObject()
    }
  }
}
