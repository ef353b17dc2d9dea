using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Generator;

public sealed class PortsTests
{
    [Fact]
    public void Three_services() => Snapshot.Verify(Generation.Generate("""
        using PortGen;
        using System;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Application.Servers;

        [PortService("rest", Port = 8082, Range = "8082-8092", DependsOn = [typeof(OAuthServer)], HealthPath = "/api/health", Primary = true)]
        [AdditionalPort("metrics", Port = 9464, Host = "*")]
        internal sealed class RestApiServer : Server;

        [PortService("oauth", Range = "8081-8091", Required = false, DevelopmentPort = 18081)]
        internal sealed class OAuthServer : Server;

        internal static class Outer
        {
            [PortService("class")]
            internal sealed class Inner : Server;
        }

        internal abstract class Server : IPortService
        {
            public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

            public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """)!);

    [Fact]
    public void Nothing_is_generated_where_no_service_is_declared()
    {
        Assert.Null(Generation.Generate(Sources.Base));
        Assert.NotNull(Generation.Generate(Sources.Base, ("PortGenApplication", "true")));
    }

    [Theory]
    [InlineData("My-App.2nd.class", "namespace My_App._2nd.@class")]
    [InlineData("App", "namespace App")]
    [InlineData(".My..App.", "namespace My.App")]
    public void Any_root_namespace_becomes_one(string rootNamespace, string expected) =>
        Assert.Contains(expected + "\n", Generation.Generate(Sources.Base + Sources.Service(0), ("RootNamespace", rootNamespace))!, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    public void Without_a_root_namespace_the_class_is_global(string rootNamespace)
    {
        var text = Generation.Generate(Sources.Base + Sources.Service(0), ("RootNamespace", rootNamespace));
        Assert.DoesNotContain("namespace", text, StringComparison.Ordinal);
        Assert.DoesNotContain("global using", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_name_and_accessibility_are_the_project_s_choice()
    {
        var text = Generation.Generate(Sources.Base + Sources.Service(0), ("PortGenClassName", "Endpoints"), ("PortGenAccessibility", "public"));
        Assert.Contains("public static class Endpoints\n", text, StringComparison.Ordinal);
        Assert.Contains("public sealed class RunningEndpoints ", text, StringComparison.Ordinal);
        Assert.Contains("internal static class Ports\n", Generation.Generate(Sources.Base + Sources.Service(0), ("PortGenClassName", "not a name")), StringComparison.Ordinal);
        Assert.Contains("internal static class Ports\n", Generation.Generate(Sources.Base + Sources.Service(0), ("PortGenAccessibility", "protected")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_is_escaped() => Assert.Contains(
        """HealthPath = "/a\\b\"c","""
        , Generation.Generate(Sources.Base + """[PortGen.PortService("web", HealthPath = "/a\\b\"c")] public sealed class Web : Base;""")!, StringComparison.Ordinal);

    [Fact]
    public void A_keyword_is_no_class_name() => Assert.Contains(
        "static class Ports\n", Generation.Generate(Sources.Base + Sources.Service(0), ("PortGenClassName", "class"))!, StringComparison.Ordinal);

    [Fact]
    public void With_only_invalid_declarations_the_class_is_still_there() =>
        Assert.Contains("static class Ports", Generation.Generate(Sources.Base + """[PortGen.PortService("bad", Port = 80)] public sealed class Bad : Base;""")!, StringComparison.Ordinal);

    [Fact]
    public void A_dependent_of_a_service_that_can_t_be_made_is_kept_without_it()
    {
        var text = Generation.Generate(Sources.Base + """
            [PortGen.PortService("bad")] public abstract class Bad : Base;
            [PortGen.PortService("good", DependsOn = [typeof(Bad)])] public sealed class Good : Base;
            """)!;
        Assert.Contains("For<global::Good>(new[] { Good }, global::System.Array.Empty<string>())", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_services_of_a_cycle_start_last_and_in_the_order_of_their_names()
    {
        var text = Generation.Generate(Sources.Base + """
            [PortGen.PortService("b", DependsOn = [typeof(A)])] public sealed class B : Base;
            [PortGen.PortService("a", DependsOn = [typeof(B)])] public sealed class A : Base;
            [PortGen.PortService("z")] public sealed class Z : Base;
            """)!;
        Assert.Matches("""new\[\] \{ "z" \},\n *new\[\] \{ "a", "b" \},\n""", text);
    }

    [Fact]
    public void Problems_without_a_service_are_in_the_order_of_their_texts()
    {
        var text = Generation.Generate(Sources.Base + """
            [PortGen.AdditionalPort("b")] public sealed class B;
            [PortGen.AdditionalPort("a")] public sealed class A;
            """)!;
        Assert.Matches("(?s)PG1006: Class 'A'.*PG1006: Class 'B'", text);
    }

    [Fact]
    public void A_good_name_gets_the_property_before_one_that_a_rule_refuses()
    {
        var text = Generation.Generate(Sources.Base + """
            [PortGen.PortService("Web1")] public sealed class A : Base;
            [PortGen.PortService("web1")] public abstract class B : Base;
            """)!;
        Assert.Contains("RunningPort Web1 => GetRunningPort(\"web1\");", text, StringComparison.Ordinal);
        Assert.DoesNotContain("GetPort(\"Web1\")", text, StringComparison.Ordinal);
    }
}
