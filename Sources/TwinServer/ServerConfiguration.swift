public import TwinNet

/// Everything a server can be told. A value; the defaults are those of `docs/server.md`, whose table is made from
/// `Setting.all`.
public struct ServerConfiguration: Sendable {
  /// The data folder of the tenant that needs no prefix.
  public var data: String
  /// Further tenants: data folders by name.
  public var tenants: [String: String] = [:]
  /// Where to listen.
  public var listen = [ListenAddress(host: "127.0.0.1", port: 8080)]
  /// How connections are encrypted.
  public var tls = TLSSettings()
  /// Threads that serve; 0 for one a core.
  public var loops = 0
  /// The limits of connections and messages.
  public var net = NetLimits()
  /// The limits of what one principal and all together may ask.
  public var limits = ServerLimits()
  /// Who may come in.
  public var auth = AuthSettings()
  /// The page that people open.
  public var page = PageSettings()
  /// What pages of other origins may do.
  public var cors = CORSSettings()
  /// What is logged.
  public var log = LogSettings()
  /// Whether reads are written into the audit log too.
  public var auditsReads = false
  /// Days after which audit entries may be dropped; 0 to keep them for ever.
  public var auditKeepDays = 0
  /// Whether `/metrics` is answered without a credential.
  public var opensMetrics = false
  /// What the server calls itself in events.
  public var eventSource = "nuri"
  /// Where events may be sent, by name; each a JSON object as the events room reads it.
  public var endpoints: [String: [UInt8]] = [:]
  /// How long requests under way may take once the server was asked to stop, in milliseconds.
  public var drainMilliseconds = 10_000

  /// The defaults, for a data folder.
  public init(data: String = "./nuri-data") { self.data = data }
}

/// How connections are encrypted.
public struct TLSSettings: Sendable, Equatable {
  /// Whether they are. Given certificates turn it on by themselves.
  public var isOn = false
  /// Names of the server's own certificate, besides the local ones.
  public var names: [String] = []
  /// Given certificates, instead of one from an authority of its own.
  public var certificates: [TLSConfiguration.Certificate] = []
  /// PEM file of the authorities whose clients' certificates are accepted; empty for none.
  public var clientAuthorities = ""
  /// Whether a client without a certificate is refused before it can ask anything.
  public var requiresClientCertificate = false

  /// Nothing is encrypted.
  public init() {}
}

/// How much may be asked, each with a name and a number.
public struct ServerLimits: Sendable, Equatable {
  /// Requests one principal may make each second; 0 for any number.
  public var requestsPerSecond = 100_000
  /// Requests one principal may make at once before the rate holds it.
  public var requestBurst = 200_000
  /// Requests under way in the whole server, streams that have begun left out; more are shed.
  public var requestsInFlight = 4_096
  /// Failed sign-ins one address may have each minute; then it waits.
  public var failedSignInsPerMinute = 60
  /// Queries of the Azure API and uploads that run or wait at once.
  public var longRequests = 1_024
  /// How long one page of a query may take, in milliseconds; 0 for any time.
  public var queryMilliseconds = 30_000
  /// Threads for them.
  public var longRequestThreads = 4
  /// The largest uploaded file, in bytes.
  public var uploadBytes = 4 << 30
  /// All uploaded files of a tenant together, in bytes.
  public var uploadedBytes = 16 << 30
  /// `/ready` says no below this much free disk, in bytes.
  public var readyFreeBytes = 256 << 20

  /// The defaults.
  public init() {}
}

/// Who may come in, besides those with keys.
public struct AuthSettings: Sendable, Equatable {
  /// An issuer of JSON Web Tokens.
  public struct Issuer: Sendable, Equatable {
    /// What `iss` must be.
    public var issuer = ""
    /// What `aud` must hold.
    public var audience = ""
    /// Where its keys are fetched; empty to ask the issuer's discovery document.
    public var keysURL = ""
    /// The file with its keys; when given, nothing is fetched.
    public var keysFile = ""
    /// The claim with roles: a text or a list of texts; dots lead inwards.
    public var rolesClaim = "roles"
    /// Roles by value of the claim; the names of roles stand for themselves when this is empty.
    public var roles: [String: String] = [:]
    /// The claim with groups.
    public var groupsClaim = "groups"
    /// The claim that names the principal.
    public var nameClaim = "sub"
    /// Tenants it is trusted for; empty for all.
    public var tenants: [String] = []
    /// What the server is registered as with the issuer; people may sign in by it when given.
    public var clientId = ""
    /// The file with the client's secret; empty for a public client.
    public var clientSecretFile = ""
    /// Where the issuer leads people back to: this server's `/v1/signin/callback` as browsers see it; empty to take the
    /// host that the browser asked.
    public var redirect = ""
    /// The scopes asked for when people sign in.
    public var scope = "openid profile email"
    /// What the page calls it; its host when empty.
    public var label = ""

    /// What people are shown.
    var shownName: String {
      if !label.isEmpty { return label }
      return issuer.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init)
        ?? issuer
    }
  }

  /// Who a client certificate stands for.
  public struct Certificate: Sendable, Equatable {
    /// The subject (`CN=pump-7,O=Acme`) or an alternative name (`DNS:pump-7.example`); `*` for any that is signed.
    public var subject = ""
    /// Names of roles.
    public var roles: [String] = []
    /// Groups.
    public var groups: [String] = []
    /// Tenants it is good in; empty for all.
    public var tenants: [String] = []
  }

  /// Issuers of tokens.
  public var issuers: [Issuer] = []
  /// Certificates, first match wins.
  public var certificates: [Certificate] = []
  /// How far clocks may be apart, in seconds.
  public var clockSkewSeconds = 60
  /// How often issuers' keys are fetched again, in seconds.
  public var refreshSeconds = 900
  /// PEM file of the authorities that issuers' servers are trusted by; empty for the system's.
  public var keyAuthorities = ""
  /// How long a ticket for a WebSocket or event stream is good, in seconds.
  public var ticketSeconds = 30

  /// Keys only.
  public init() {}
}

/// Where the page is that people open.
public struct PageSettings: Sendable, Equatable {
  /// The folder with `index.html`; empty for no page.
  public var folder = ""
  /// Whether files are read again for every request, for work on the page.
  public var reloads = false

  /// No page.
  public init() {}
}

/// What pages of other origins may do.
public struct CORSSettings: Sendable, Equatable {
  /// Origins that may ask, exactly: `https://twins.example.com`.
  public var origins: [String] = []
  /// How long a browser may keep what a preflight said, in seconds.
  public var maxAgeSeconds = 600

  /// None may ask.
  public init() {}
}

/// What is logged.
public struct LogSettings: Sendable, Equatable {
  /// Which lines are written.
  public enum Level: String, Sendable, CaseIterable {
    /// Everything.
    case info
    /// What should not happen, and what was refused or failed.
    case warning
    /// What failed.
    case error
  }

  /// The least level written.
  public var level = Level.info
  /// Lines about requests each second at most; what is left out is counted in the next one.
  public var requestsPerSecond = 200
  /// A request that took this long is logged whatever the level, in milliseconds; 0 for never.
  public var slowMilliseconds = 1_000

  /// The defaults.
  public init() {}
}
