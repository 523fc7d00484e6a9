import TwinValues

/// What errors of lower floors say in Korean: a sentence for the kind of error before the English detail.
enum ErrorText {
  static func headline(_ error: NuriError, _ language: Language) -> String {
    guard language == .korean, let korean = korean[error.code.rawValue] else { return error.message }
    return "\(korean) \(error.message)"
  }

  private static let korean: [String: String] = [
    "twinNotFound": "트윈이 없습니다.",
    "twinExists": "이미 있는 트윈입니다.",
    "relationshipNotFound": "관계가 없습니다.",
    "relationshipExists": "이미 있는 관계입니다.",
    "relationshipsNotDeleted": "아직 관계가 남아 있습니다.",
    "relationshipNotDeclared": "모델에 선언되지 않은 관계입니다.",
    "modelNotFound": "모델이 없습니다.",
    "modelExists": "이미 있는 모델입니다.",
    "modelInUse": "사용 중인 모델입니다.",
    "modelDecommissioned": "더는 쓰지 않는 모델입니다.",
    "invalidModel": "모델이 올바르지 않습니다.",
    "propertyNotDeclared": "모델에 선언되지 않은 속성입니다.",
    "invalidValue": "값이 스키마에 맞지 않습니다.",
    "invalidJSON": "JSON이 올바르지 않습니다.",
    "invalidInstant": "시각이 올바르지 않습니다.",
    "invalidId": "식별자가 올바르지 않습니다.",
    "invalidImport": "가져올 파일이 올바르지 않습니다.",
    "invalidMapping": "매핑 파일이 올바르지 않습니다.",
    "invalidQuery": "질의가 올바르지 않습니다.",
    "limitExceeded": "한도를 넘었습니다.",
    "fileNotFound": "파일을 열 수 없습니다.",
    "fileMissing": "파일이 없습니다.",
    "fileExists": "이미 있는 파일입니다.",
    "fileFailed": "파일을 읽거나 쓰지 못했습니다.",
    "noDataFolder": "이 폴더에는 Nuri 세계가 없습니다.",
    "folderInUse": "폴더가 비어 있지 않습니다.",
    "locked": "다른 프로세스가 데이터 폴더를 쓰고 있습니다.",
    "readOnly": "쓸 수 없는 폴더입니다.",
    "diskFull": "디스크가 가득 찼습니다.",
    "ioError": "읽거나 쓰지 못했습니다.",
    "corrupt": "데이터가 손상되었습니다.",
    "undecodableChange": "변경 기록이 손상되었습니다.",
    "newerFormat": "더 새로운 버전의 Nuri가 만든 폴더입니다.",
    "unavailable": "지금은 쓸 수 없습니다.",
    "worldNotFound": "세계가 없습니다.",
    "worldExists": "이미 있는 세계입니다.",
    "preconditionFailed": "그사이에 바뀌었습니다.",
    "conflict": "충돌이 있습니다.",
    "outOfRange": "범위를 벗어났습니다.",
    "invalidClock": "기록 시각이 올바르지 않습니다.",
    "invalidName": "이름이 올바르지 않습니다.",
    "invalidPatch": "바꿀 수 없습니다.",
    "invalidSetting": "설정이 올바르지 않습니다.",
    "invalidCertificate": "인증서를 쓸 수 없습니다.",
    "networkUnavailable": "그 주소에서 들을 수 없습니다.",
    "invalidAuditHead": "감사 기록의 머리가 아닙니다.",
    "auditForged": "감사 기록의 서명이 맞지 않습니다.",
    "invalidKeyMaterial": "키를 읽을 수 없습니다.",
    "invalidContinuation": "이어 보기 토큰이 올바르지 않습니다.",
  ]
}
