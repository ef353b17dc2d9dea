using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Analyzer;

/// <summary>Each rule with a case that is reported, exactly where, and its nearest neighbour that is not.</summary>
public sealed class PortServiceAnalyzerTests
{
    [Fact]
    public Task PG0001_range_syntax() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Range = {|PG0001:"8080-"|})] public sealed class A : Base;
        [PortGen.PortService("b", Range = "8080-8089")] public sealed class B : Base;
        [PortGen.PortService("c"), PortGen.AdditionalPort("d", Range = {|PG0001:"x"|})] public sealed class C : Base;
        """, "Range '8080-' of port 'a'");

    [Fact]
    public Task PG0002_port_out_of_bounds() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Port = {|PG0002:80|})] public sealed class A : Base;
        [PortGen.PortService("b", Port = 1024)] public sealed class B : Base;
        [PortGen.PortService("c", Port = {|PG0002:65536|})] public sealed class C : Base;
        [PortGen.PortService("d", Range = {|PG0002:"1023-8080"|})] public sealed class D : Base;
        [PortGen.PortService("e", Port = 0)] public sealed class E : Base;
        """, "Port 80 of 'a'");

    [Fact]
    public Task PG0003_range_reversed() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Range = {|PG0003:"9110-9101"|})] public sealed class A : Base;
        [PortGen.PortService("b", Range = "9101-9101")] public sealed class B : Base;
        """, "write '9101-9110'");

    [Fact]
    public Task PG0004_port_outside_its_range() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Port = {|PG0004:8091|}, Range = "8080-8090")] public sealed class A : Base;
        [PortGen.PortService("b", Port = 8090, Range = "8080-8090")] public sealed class B : Base;
        """, "8091", "8080-8090");

    [Fact]
    public Task PG0005_two_ports_with_one_name() => AnalyzerTest.VerifyAsync(
        [
            """[PortGen.PortService("web")] public sealed class A : Base;""",
            """[PortGen.PortService("api"), PortGen.AdditionalPort({|PG0005:"web"|})] public sealed class B : Base;""",
        ],
        "already the name of a port of A");

    [Fact]
    public Task PG0006_two_ports_that_prefer_one_number() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Port = 8080)] public sealed class A : Base;
        [PortGen.PortService("b", Port = {|PG0006:8080|}, Host = "*")] public sealed class B : Base;
        [PortGen.PortService("c", Port = 8081)] public sealed class C : Base;
        """, "Ports 'a' and 'b' both prefer 8080");

    [Fact]
    public Task PG0007_ranges_that_can_t_all_be_served() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Range = "8080-8081")] public sealed class A : Base;
        [PortGen.PortService("b", Range = "8080-8081")] public sealed class B : Base;
        [PortGen.PortService("c"), PortGen.AdditionalPort("d", Range = {|PG0007:"8080-8081"|})] public sealed class C : Base;
        [PortGen.PortService("e", Port = 8090)] public sealed class E : Base;
        [PortGen.PortService("f", Range = {|PG0007:"8090"|})] public sealed class F : Base;
        [PortGen.PortService("g", Range = "8080-8082")] public sealed class G : Base;
        """, "Ports 'a', 'b', 'd' need 3 numbers, but their ranges share only 8080-8081", "Ports 'e', 'f' need 2 numbers, but their ranges share only 8090");

    [Fact]
    public Task PG0009_the_ephemeral_range() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Range = {|PG0009:"32760-32768"|})] public sealed class A : Base;
        [PortGen.PortService("b", Range = "32760-32767")] public sealed class B : Base;
        [PortGen.PortService("c", Port = {|PG0009:61000|})] public sealed class C : Base;
        """, "Ports 32760-32768 of 'a'");

    [Fact]
    public Task PG0010_ports_that_browsers_refuse() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Port = {|PG0010:6667|}, Range = "6660-6670", HealthPath = "/")] public sealed class A : Base;
        [PortGen.PortService("b", Port = 6671, Range = {|PG0010:"6671-6680"|}, HealthPath = "/")] public sealed class B : Base;
        [PortGen.PortService("c", Port = 6000)] public sealed class C : Base;
        [PortGen.PortService("d", Port = 6670, HealthPath = "/")] public sealed class D : Base;
        """, "open port 6667 of 'a'", "open port 6679 of 'b'");

    [Fact]
    public Task PG0012_a_single_port() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Port = {|PG0012:8080|})] public sealed class A : Base;
        [PortGen.PortService("b", Port = 8081, Range = {|PG0012:"8081"|})] public sealed class B : Base;
        [PortGen.PortService("c", Port = 8082, Range = "8082-8083")] public sealed class C : Base;
        [PortGen.PortService("d")] public sealed class D : Base;
        """, "a range such as '8080-8089'");

    [Fact]
    public Task PG0013_ports_of_well_known_programs() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Port = {|PG0013:5000|})] public sealed class A : Base;
        [PortGen.PortService("b", Port = 5001, Range = "5000-5010")] public sealed class B : Base;
        """, "the default of AirPlay on macOS");

    [Fact]
    public Task PG0014_one_primary() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Primary = true)] public sealed class A : Base;
        [PortGen.PortService("b", Primary = {|PG0014:true|})] public sealed class B : Base;
        [PortGen.PortService("c", Primary = false)] public sealed class C : Base;
        """, "Services 'a' and 'b' are both Primary");

    [Fact]
    public Task PG0015_a_name_that_ends_in_service() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService({|PG0015:"auth-service"|})] public sealed class A : Base;
        [PortGen.PortService("b"), PortGen.AdditionalPort({|PG0015:"b-service"|})] public sealed class B : Base;
        [PortGen.PortService("service")] public sealed class C : Base;
        [PortGen.PortService("service-c")] public sealed class D : Base;
        [PortGen.PortService("microservice")] public sealed class E : Base;
        """, "beside a Service 'auth' Kubernetes sets AUTH_SERVICE_PORT to that Service's port, so port 'auth-service' ignores");

    [Fact]
    public Task PG0002_of_a_range_quotes_it() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Range = {|PG0002:"60000-70000"|})] public sealed class A : Base;
        """, "Bound 70000 of range '60000-70000' of 'a' is outside 1024-65535");

    [Fact]
    public Task PG0008_dependency_cycle() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("d")] public sealed class D : Base;
        [PortGen.PortService("a", DependsOn = [typeof(D), {|PG0008:typeof(B)|}])] public sealed class A : Base;
        [PortGen.PortService("b", DependsOn = new[] { typeof(C) })] public sealed class B : Base;
        [PortGen.PortService("c", DependsOn = new System.Type[] { typeof(A) })] public sealed class C : Base;
        """, "a -> b -> c -> a");

    [Fact]
    public Task PG0011_names() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService({|PG0011:"Web"|})] public sealed class A : Base;
        [PortGen.PortService(name: {|PG0011:"manifest"|})] public sealed class B : Base;
        [PortGen.PortService("web1")] public sealed class C : Base;
        [PortGen.PortService({|PG0011:"web-1"|})] public sealed class D : Base;
        [PortGen.PortService("web-2")] public sealed class E : Base;
        [PortGen.PortService({|PG0011:"ports"|})] public sealed class F : Base;
        """, "its generated property Web1 would also be that of 'web1'");

    [Fact]
    public Task PG1001_classes_that_can_t_be_created() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a")] public abstract class {|PG1001:A|} : Base;
        [PortGen.PortService("b")] public static class {|PG1001:{|PG1005:B|}|};
        [PortGen.PortService("c")] public sealed class {|PG1001:C|}<T> : Base;
        public class Outer
        {
            [PortGen.PortService("d")] private sealed class {|PG1001:D|} : Base;
            [PortGen.PortService("e")] internal sealed class E : Base;
            [PortGen.PortService("g")] protected internal sealed class G : Base;
            [PortGen.PortService("h")] protected class {|PG1001:H|} : Base;
            [PortGen.PortService("i")] private protected class {|PG1001:I|} : Base;
            private class Hidden { [PortGen.PortService("j")] public sealed class {|PG1001:J|} : Base; }
        }
        public class Generic<T>
        {
            [PortGen.PortService("k")] public sealed class {|PG1001:K|} : Base;
        }
        [PortGen.PortService("f")] file sealed class {|PG1001:F|} : Base;
        """, "abstract", "static", "generic", "not accessible", "local to its file");

    [Fact]
    public Task PG1005_classes_that_are_no_service() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a")] public sealed class {|PG1005:A|};
        [PortGen.PortService("b")] public sealed class B : Base;
        """, "Class 'A'");

    [Fact]
    public Task PG0016_host() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Host = {|PG0016:"lokalhost"|}), PortGen.AdditionalPort("aa", Host = {|PG0016:"127.0.0.1:80"|})] public sealed class A : Base;
        [PortGen.PortService("b", Host = {|PG0016:""|})] public sealed class B : Base;
        [PortGen.PortService("c", Host = "*"), PortGen.AdditionalPort("cc", Host = "::1")] public sealed class C : Base;
        """, "Host 'lokalhost' of port 'a'");

    [Fact]
    public Task PG0017_health_path() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", HealthPath = {|PG0017:"health"|})] public sealed class A : Base;
        [PortGen.PortService("b", HealthPath = {|PG0017:"http://x/y z"|})] public sealed class B : Base;
        [PortGen.PortService("c", HealthPath = {|PG0017:""|})] public sealed class C : Base;
        [PortGen.PortService("d", HealthPath = "/health/a%20b")] public sealed class D : Base;
        """, "Health path 'health' of port 'a'");

    [Fact]
    public Task The_rules_hold_for_Development_too_and_say_so() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Port = 2001, DevelopmentPort = 19300)] public sealed class A : Base;
        [PortGen.PortService("b", Port = 2002, DevelopmentPort = {|PG0006:19300|})] public sealed class B : Base;
        [PortGen.PortService("c", Port = 2003, DevelopmentPort = {|PG0002:80|})] public sealed class C : Base;
        [PortGen.PortService("d", Port = 2004, DevelopmentPort = {|PG0002:-1|})] public sealed class D : Base;
        [PortGen.PortService("e", Port = 2005, DevelopmentPort = {|PG0002:70000|})] public sealed class E : Base;
        [PortGen.PortService("f", Port = 2006, DevelopmentPort = {|PG0013:5000|})] public sealed class F : Base;
        [PortGen.PortService("g", Port = 2007, DevelopmentPort = {|PG0006:2008|})] public sealed class G : Base;
        [PortGen.PortService("h", Port = 2008)] public sealed class H : Base;
        [PortGen.PortService("i", Port = {|PG0002:81|}, DevelopmentPort = 2010)] public sealed class I : Base;
        """, "In Development: Ports 'a' and 'b' both prefer 19300", "In Development: Port 80 of 'c'", "In Development: Ports 'g' and 'h' both prefer 2008");

    [Fact]
    public void Only_what_is_wrong_in_Development_alone_says_so()
    {
        var compilation = Compilations.Create(Sources.Base + """[PortGen.PortService("a", Port = 80, DevelopmentPort = 81)] public sealed class A : Base;""");
        var messages = FullBuild.Analyze(compilation).Select(static d => d.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Split(" of 'a'")[0]);
        Assert.Equal(["In Development: Port 81", "Port 80"], messages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public Task A_cycle_is_reported_once_whatever_ports_its_services_have() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", DependsOn = [{|PG0008:typeof(B)|}]), PortGen.AdditionalPort("aa")] public sealed class A : Base;
        [PortGen.PortService("b", DependsOn = [typeof(A)]), PortGen.AdditionalPort("bb")] public sealed class B : Base;
        """);

    [Fact]
    public Task PG1006_an_additional_port_without_a_service() => AnalyzerTest.VerifyAsync("""
        [{|PG1006:PortGen.AdditionalPort("b")|}, {|PG1006:PortGen.AdditionalPort("c")|}] public sealed class A : Base;
        [PortGen.PortService("a"), PortGen.AdditionalPort("d")] public sealed class B : Base;
        """, "Class 'A' has [AdditionalPort]", "nobody opens port 'c'");

    [Fact]
    public Task PG1007_the_name_of_the_generated_class_is_taken() => AnalyzerTest.VerifyAsync("""
        namespace Other { public enum Ports; }
        namespace N { [{|PG1007:PortGen.PortService("a")|}] public sealed class A : Base; }
        namespace N { [PortGen.PortService("b")] public sealed class B : Base; public static class Inner { public enum RunningPorts; } }
        """, "has a type Other.Ports: set another name in the project file, such as <PortGenClassName>AppPorts</PortGenClassName>");

    [Fact]
    public Task PG1008_a_class_that_the_container_can_t_create() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a")] public sealed class {|PG1008:A|} : Base { private A() { } }
        [PortGen.PortService("b")] public sealed class {|PG1008:B|} : Base { public required int Size { get; init; } }
        [PortGen.PortService("c")] public sealed class C : Base { [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public C() => Size = 1; public required int Size { get; init; } }
        public abstract class Sized : Base { public required int Size; }
        [PortGen.PortService("d")] public sealed class {|PG1008:D|} : Sized;
        [PortGen.PortService("e")] public sealed class E(int size) : Base { private E() : this(1) { } public int Size => size; }
        [PortGen.PortService("f")] public abstract class {|PG1001:F|} : Base { private F() { } }
        [PortGen.PortService("g")] public sealed class G : Base
        {
            [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public G() => Size = 1;
            [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public G(int size) => Size = size;
            public required int Size { get; init; }
        }
        """, "Class 'A' has no public constructor", "Class 'B' has required members");

    [Fact]
    public Task PG1003_dependency_on_a_type_that_is_no_service() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", DependsOn = [typeof(B), {|PG1003:typeof(string)|}, {|PG1003:typeof(Base)|}])] public sealed class A : Base;
        [PortGen.PortService("b")] public sealed class B : Base;
        """, "'a' depends on 'string'");

    [Fact]
    public Task PG1003_points_at_the_element_however_the_list_is_written() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", DependsOn = new[] { typeof(Z), {|PG1003:typeof(string)|} })] public sealed class A : Base;
        [PortGen.PortService("b", DependsOn = new System.Type[] { typeof(Z), {|PG1003:typeof(string)|} })] public sealed class B : Base;
        [PortGen.PortService("c", DependsOn = new System.Type[2] { {|PG1003:typeof(string)|}, typeof(Z) })] public sealed class C : Base;
        [PortGen.PortService("z")] public sealed class Z : Base;
        """);

    [Fact]
    public Task A_dependency_that_is_no_type_yet_keeps_its_place() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", DependsOn = [{|CS0246:typeof(Missing)|}, {|PG1003:typeof(string)|}])] public sealed class A : Base;
        """.Replace("{|CS0246:typeof(Missing)|}", "typeof({|CS0246:Missing|})", StringComparison.Ordinal));

    [Fact]
    public Task Of_two_that_collide_the_one_with_the_later_class_name_is_at_fault_whatever_the_order_of_files() => AnalyzerTest.VerifyAsync(
        [
            """[PortGen.PortService("b", Port = {|PG0006:8080|})] public sealed class B : Base;""",
            """[PortGen.PortService("a", Port = 8080)] public sealed class A : Base;""",
        ],
        "Ports 'a' and 'b' both prefer 8080");

    [Fact]
    public Task An_additional_port_without_a_name_yet_shifts_no_report() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a"), PortGen.AdditionalPort({|PG0011:null!|}), PortGen.AdditionalPort("b", Port = {|PG0002:80|})] public sealed class A : Base;
        """);

    [Fact]
    public Task The_name_of_the_generated_class_is_the_project_s_choice_for_the_rules_too() => AnalyzerTest.VerifyAsync(
        ["""
        [PortGen.PortService({|PG0011:"endpoints"|})] public sealed class A : Base;
        [PortGen.PortService("ports")] public sealed class B : Base;
        """],
        "Endpoints",
        []);

    [Fact]
    public Task A_pragma_silences_a_report() => AnalyzerTest.VerifyAsync("""
        #pragma warning disable PG0002
        [PortGen.PortService("a", Port = 80)] public sealed class A : Base;
        #pragma warning restore PG0002
        """);

    [Fact]
    public Task A_constant_is_as_good_as_a_literal() => AnalyzerTest.VerifyAsync("""
        [PortGen.PortService("a", Port = {|PG0002:A.Preferred|})] public sealed class A : Base { private const int Preferred = 8 * 10; }
        """, "Port 80 of 'a'");

    [Fact]
    public Task A_partial_class_and_an_alias_are_found() => AnalyzerTest.VerifyAsync(
        [
            "public sealed partial class A : Base;",
            """
            using Service = PortGen.PortServiceAttribute;
            [Service("a", Port = {|PG0002:80|})] public sealed partial class A;
            """,
        ]);
}
