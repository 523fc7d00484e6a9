import TwinEngine
import TwinValues

extension VerbSpec {
  static let initialise = VerbSpec(
    path: ["init"],
    summary: Text("Makes a data folder with an empty live world.", ko: "빈 live 세계가 든 데이터 폴더를 만듭니다."),
    examples: [
      Example("nuri init --data ./city", Text("A folder named city.", ko: "city라는 폴더를 만듭니다."))
    ],
    run: { invocation in
      let folder = invocation.value("data") ?? invocation.dataFolder
      let engine = try Engine.create(at: folder)
      try engine.close()
      invocation.done(
        Text("Made \(folder) with an empty live world.", ko: "빈 live 세계와 함께 \(folder)를 만들었습니다.")
      ) { $0.member("data", folder) }
      return .success
    })

  static let completion = VerbSpec(
    path: ["completion"],
    summary: Text("Prints a completion script for a shell.", ko: "셸 자동 완성 스크립트를 출력합니다."),
    arguments: [ArgumentSpec("SHELL", Text("bash or zsh.", ko: "bash 또는 zsh."))],
    examples: [
      Example("source <(nuri completion bash)", Text("For this session of bash.", ko: "지금 열린 bash에 적용합니다."))
    ],
    run: { invocation in
      let completion = Completion(parser: ArgumentParser(verbs: VerbTable.all, global: VerbTable.global))
      switch try invocation.required(0) {
      case "bash": invocation.terminal.print(bytes: Array(completion.bash().utf8))
      case "zsh": invocation.terminal.print(bytes: Array(completion.zsh().utf8))
      case let shell:
        throw CommandError.usage(
          Text("There is no completion for \"\(shell)\".", ko: "\"\(shell)\"용 자동 완성은 없습니다."),
          advice: Text("There is bash and zsh.", ko: "bash와 zsh가 있습니다."))
      }
      return .success
    })
}
