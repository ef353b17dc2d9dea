using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

/// <summary>The variables that platforms document to set, and the plan that comes out. They are variables of this process, read as a host reads them.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class PlatformVariablesTests
{
    private static readonly PortDefinition s_rest = new("rest") { Port = 8082, Range = new PortRange(8082, 8092), HealthPath = "/health" };
    private static readonly PortDefinition s_auth = new("auth-service") { Port = 8181, Range = new PortRange(8181, 8190) };

    private static readonly PortManifest s_one = Manifests.Of(s_rest);
    private static readonly PortManifest s_two = Manifests.Of(s_rest, s_auth);
    private static readonly PortManifest s_primary = Manifests.Of(s_rest with { Primary = true }, s_auth);

    // https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
    [Fact]
    public void Kubernetes_with_three_neighbouring_services()
    {
        var plan = Plan(s_two, [
            .. Service("kubernetes", "10.96.0.1", (443, "TCP", "https")),
            .. Service("rest", "10.96.11.5", (80, "TCP", "http"), (9090, "TCP", "metrics")),
            .. Service("auth", "10.96.7.20", (9000, "TCP", null)),
            .. Service("rest-external", "10.96.3.3", (8125, "UDP", null), (36412, "SCTP", "s1")),
            ("HOSTNAME", "shop-6c8f4d7b9-x2kqp"), ("HOME", "/"),
        ]);
        AssertPorts(plan, (8082, "8082", "*"), (8181, "8181", "*"));
        Assert.All(plan.Ports, static p => Assert.Null(p.ExternalPort));
        Assert.Equal(TimeSpan.FromSeconds(5), plan.DrainDelay);
        Assert.StartsWith("Environment variable AUTH_SERVICE_PORT is ignored: beside AUTH_SERVICE_HOST ", Assert.Single(plan.Notes), StringComparison.Ordinal);
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public void A_variable_of_Kubernetes_that_is_ignored_is_logged_once()
    {
        using var environment = new ProcessEnvironment(Service("auth", "10.96.7.20", (9000, "TCP", null)));
        using var log = new TestLog();
        using var logs = LoggerFactory.Create(b => b.AddProvider(log));
        new PlanSource(s_two, new ConfigurationBuilder().AddEnvironmentVariables().Build(), Plans.Environment("Production"), logs).Plan();
        Assert.Equal((LogLevel.Information, 23), Assert.Single(log.Entries, static e => e.Text.Contains("AUTH_SERVICE_PORT", StringComparison.Ordinal)) is var e ? (e.Level, e.Id) : default);
    }

    [Fact]
    public void Kubernetes_with_a_container_that_sets_its_own()
    {
        var plan = Plan(s_two, [
            .. Service("rest", "10.96.11.5", (80, "TCP", "http")),
            .. Service("kubernetes", "10.96.0.1", (443, "TCP", "https")),
            ("REST_PORT_RANGE", "9300-9309"), ("Ports__auth-service__Port", "9400"), ("REST_HEALTH_PATH", "/up"),
        ]);
        AssertPorts(plan, (0, "9300-9309", "*"), (9400, "9400", "*"));
        Assert.Empty(plan.Notes);
    }

    // https://docs.docker.com/engine/network/links/#environment-variables
    [Fact]
    public void Docker_with_a_linked_container() => AssertPorts(
        Plan(s_one, ("REST_NAME", "/web/rest"), ("REST_PORT", "tcp://172.17.0.5:5432"), ("REST_PORT_5432_TCP", "tcp://172.17.0.5:5432"),
            ("REST_PORT_5432_TCP_PROTO", "tcp"), ("REST_PORT_5432_TCP_PORT", "5432"), ("REST_PORT_5432_TCP_ADDR", "172.17.0.5"), ("HOSTNAME", "3f2a9c0d1b7e")),
        (8082, "8082-8092", "localhost"));

    // https://systemd.io/CONTAINER_INTERFACE/ and podman-run(1)
    [Fact]
    public void Podman() => AssertPorts(
        Plan(s_two, ("container", "podman"), ("HOSTNAME", "3f2a9c0d1b7e"), ("HOME", "/root"), ("TERM", "xterm")), (8082, "8082", "*"), (8181, "8181", "*"));

    // https://cloud.google.com/run/docs/container-contract#env-vars
    [Fact]
    public void Cloud_Run()
    {
        (string, string)[] variables = [("PORT", "8080"), ("K_SERVICE", "shop"), ("K_REVISION", "shop-00001-xyz"), ("K_CONFIGURATION", "shop")];
        AssertPorts(Plan(s_one, variables), (8080, "8080", "*"));
        AssertPorts(Plan(s_primary, variables), (8080, "8080", "*"), (8181, "8181", "*"));
        var plan = Plan(s_two, variables);
        AssertPorts(plan, (8082, "8082", "*"), (8181, "8181", "*"));
        Assert.Equal(["Environment variable PORT is ignored: there are several services and none is marked Primary"], plan.Warnings);
    }

    // https://devcenter.heroku.com/articles/dyno-startup-behavior#local-environment-variables
    [Fact]
    public void Heroku() => AssertPorts(Plan(s_one, ("PORT", "31415"), ("DYNO", "web.1"), ("HOME", "/app")), (31415, "31415", "*"));

    // https://learn.microsoft.com/azure/app-service/reference-app-settings; PORT is that of the container, WEBSITES_PORT the setting behind it.
    [Fact]
    public void Azure_App_Service_on_Linux() => AssertPorts(
        Plan(s_one, ("PORT", "8080"), ("WEBSITES_PORT", "8080"), ("DOTNET_RUNNING_IN_CONTAINER", "true"), ("ASPNETCORE_URLS", "http://*:8080"),
            ("WEBSITE_SITE_NAME", "shop"), ("WEBSITE_HOSTNAME", "shop.azurewebsites.net"), ("WEBSITE_INSTANCE_ID", "4f1c"), ("WEBSITE_SKU", "Basic"), ("HOME", "/home")),
        (8080, "8080", "*"));

    // The proxy in front runs on the same machine and picks a port for the web host, which is none of a port service's.
    [Fact]
    public void Azure_App_Service_on_Windows() => AssertPorts(
        Plan(s_one, ("HTTP_PLATFORM_PORT", "20517"), ("ASPNETCORE_PORT", "20517"), ("ASPNETCORE_APPL_PATH", "/"), ("ASPNETCORE_TOKEN", "9f"), ("WEBSITE_SITE_NAME", "shop"),
            ("SERVER_PORT", "80"), ("REGION_NAME", "West Europe")),
        (8082, "8082-8092", "localhost"));

    // https://learn.microsoft.com/azure/container-apps/environment-variables#built-in-environment-variables
    [Fact]
    public void Azure_Container_Apps() => AssertPorts(
        Plan(s_two, ("CONTAINER_APP_NAME", "shop"), ("CONTAINER_APP_REVISION", "shop--20mh1s9"), ("CONTAINER_APP_HOSTNAME", "shop--20mh1s9.x.westeurope.azurecontainerapps.io"),
            ("CONTAINER_APP_ENV_DNS_SUFFIX", "x.westeurope.azurecontainerapps.io"), ("CONTAINER_APP_PORT", "8082"), ("CONTAINER_APP_REPLICA_NAME", "shop--20mh1s9-86c8c4b497-zx9bq")),
        (8082, "8082", "*"), (8181, "8181", "*"));

    // https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers
    [Fact]
    public void Azure_Functions() => AssertPorts(
        Plan(s_one, ("FUNCTIONS_CUSTOMHANDLER_PORT", "45329"), ("FUNCTIONS_HTTPWORKER_PORT", "45329"), ("FUNCTIONS_WORKER_RUNTIME", "custom"),
            ("FUNCTIONS_EXTENSION_VERSION", "~4"), ("WEBSITE_SITE_NAME", "shop"), ("AzureWebJobsStorage", "UseDevelopmentStorage=true")),
        (8082, "8082-8092", "localhost"));

    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
    [Fact]
    public void Amazon_ECS() => AssertPorts(
        Plan(s_two, ("ECS_CONTAINER_METADATA_URI", "http://169.254.170.2/v3/1"), ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/1"),
            ("ECS_AGENT_URI", "http://169.254.170.2/api/1"), ("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE"), ("AWS_REGION", "eu-central-1")),
        (8082, "8082", "*"), (8181, "8181", "*"));

    // https://docs.aws.amazon.com/apprunner/latest/dg/develop.html: PORT is all it sets.
    [Fact]
    public void AWS_App_Runner_with_an_image_of_NET() =>
        AssertPorts(Plan(s_one, ("PORT", "8080"), ("DOTNET_RUNNING_IN_CONTAINER", "true"), ("ASPNETCORE_HTTP_PORTS", "8080")), (8080, "8080", "*"));

    // As the kubelet does: the first port is the Service's, each has its own link, those with a name one more variable.
    private static IEnumerable<(string Name, string Value)> Service(string name, string address, params (int Number, string Protocol, string? Name)[] ports)
    {
        var stem = Variable(name);
        yield return (stem + "_SERVICE_HOST", address);
        yield return (stem + "_SERVICE_PORT", $"{ports[0].Number}");
        yield return (stem + "_PORT", $"{Scheme(ports[0].Protocol)}://{address}:{ports[0].Number}");
        foreach (var port in ports)
        {
            var link = $"{stem}_PORT_{port.Number}_{port.Protocol}";
            yield return (link, $"{Scheme(port.Protocol)}://{address}:{port.Number}");
            yield return (link + "_PROTO", Scheme(port.Protocol));
            yield return (link + "_PORT", $"{port.Number}");
            yield return (link + "_ADDR", address);
            if (port.Name is not null)
            {
                yield return ($"{stem}_SERVICE_PORT_{Variable(port.Name)}", $"{port.Number}");
            }
        }
    }

    private static string Variable(string name) => name.ToUpperInvariant().Replace('-', '_');

    private static string Scheme(string protocol) => protocol switch { "UDP" => "udp", "SCTP" => "sctp", _ => "tcp" };

    private static void AssertPorts(PortPlan plan, params (int Port, string Range, string Host)[] expected) =>
        Assert.Equal(expected, plan.Ports.Select(static p => (p.Port, p.Range.ToString()!, p.Host)));

    private static PortPlan Plan(PortManifest manifest, params (string Name, string Value)[] variables)
    {
        using var environment = new ProcessEnvironment(variables);
        return Plans.Of(manifest, new ConfigurationBuilder().AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables().Build());
    }
}
