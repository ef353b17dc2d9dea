using PortGen.CodeFixes;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.CodeFixes;

public sealed class AttributeValueCodeFixTests
{
    [Fact]
    public Task PG0001_a_range_whose_meaning_is_clear_is_rewritten() => VerifyAsync(
        """
        [PortGen.PortService("a", Range = {|PG0001:"8080 - 8089"|})] public sealed class A : Base;
        [PortGen.PortService("b", Range = {|PG0001:"8099..8090"|})] public sealed class B : Base;
        """,
        """
        [PortGen.PortService("a", Range = "8080-8089")] public sealed class A : Base;
        [PortGen.PortService("b", Range = "8090-8099")] public sealed class B : Base;
        """);

    [Fact]
    public Task PG0001_any_other_range_is_left_to_its_author() => VerifyAsync(
        """[PortGen.PortService("a", Range = {|PG0001:"some ports"|})] public sealed class A : Base;""",
        """[PortGen.PortService("a", Range = {|PG0001:"some ports"|})] public sealed class A : Base;""");

    [Fact]
    public Task PG0002_the_nearest_port_in_bounds() => VerifyAsync(
        """[PortGen.PortService("a", Port = {|PG0002:80|})] public sealed class A : Base;""",
        """[PortGen.PortService("a", Port = 1024)] public sealed class A : Base;""");

    [Fact]
    public Task PG0002_the_nearest_range_in_bounds() => VerifyAsync(
        """
        [PortGen.PortService("c", Range = {|PG0002:"1000-2000"|})] public sealed class C : Base;
        [PortGen.PortService("d", Range = {|PG0002:"30000-70000"|})] public sealed class D : Base;
        """,
        """
        [PortGen.PortService("c", Range = "1024-2000")] public sealed class C : Base;
        [PortGen.PortService("d", Range = {|PG0009:"30000-65535"|})] public sealed class D : Base;
        """);

    [Fact]
    public Task PG0003_the_bounds_are_swapped() => VerifyAsync(
        """[PortGen.PortService("a", Port = 9101, Range = {|PG0003:"9110-9101"|})] public sealed class A : Base;""",
        """[PortGen.PortService("a", Port = 9101, Range = "9101-9110")] public sealed class A : Base;""");

    [Fact]
    public Task PG0004_the_port_moves_into_the_range() => VerifyAsync(
        """
        [PortGen.PortService("a", Port = {|PG0004:8091|}, Range = "8080-8090")] public sealed class A : Base;
        [PortGen.PortService("b", Port = {|PG0004:7000|}, Range = "7001-7010")] public sealed class B : Base;
        """,
        """
        [PortGen.PortService("a", Port = 8090, Range = "8080-8090")] public sealed class A : Base;
        [PortGen.PortService("b", Port = 7001, Range = "7001-7010")] public sealed class B : Base;
        """);

    [Fact]
    public Task PG0004_or_the_range_takes_it_in() => VerifyAsync(
        """[PortGen.PortService("a", Port = {|PG0004:8091|}, Range = "8080-8090")] public sealed class A : Base;""",
        """[PortGen.PortService("a", Port = 8091, Range = "8080-8091")] public sealed class A : Base;""",
        offer: 1);

    [Fact]
    public Task PG0006_the_next_port_that_nobody_prefers_and_all_at_once_collide_no_more() => VerifyAsync(
        """
        [PortGen.PortService("a", Port = 8080)] public sealed class A : Base;
        [PortGen.PortService("b", Port = 8081)] public sealed class B : Base;
        [PortGen.PortService("c", Port = {|PG0006:8080|})] public sealed class C : Base;
        [PortGen.PortService("d", Port = {|PG0006:8080|})] public sealed class D : Base;
        [PortGen.PortService("e", Port = {|PG0006:8080|}, Range = "8079-8082")] public sealed class E : Base;
        """,
        """
        [PortGen.PortService("a", Port = 8080)] public sealed class A : Base;
        [PortGen.PortService("b", Port = 8081)] public sealed class B : Base;
        [PortGen.PortService("c", Port = 8082)] public sealed class C : Base;
        [PortGen.PortService("d", Port = 8083)] public sealed class D : Base;
        [PortGen.PortService("e", Port = 8079, Range = "8079-8082")] public sealed class E : Base;
        """);

    [Fact]
    public Task PG0011_and_PG0005_a_valid_name_that_is_free() => VerifyAsync(
        """
        [PortGen.PortService({|PG0011:"HTTPServer_2"|})] public sealed class A : Base;
        [PortGen.PortService({|PG0011:"Web"|})] public sealed class B : Base;
        [PortGen.PortService("web")] public sealed class C : Base;
        [PortGen.PortService({|PG0005:"web"|})] public sealed class D : Base;
        [PortGen.PortService({|PG0011:"42"|}), PortGen.AdditionalPort({|PG0011:"manifest"|})] public sealed class E : Base;
        """,
        """
        [PortGen.PortService("http-server-2")] public sealed class A : Base;
        [PortGen.PortService("web-2")] public sealed class B : Base;
        [PortGen.PortService("web")] public sealed class C : Base;
        [PortGen.PortService("web-3")] public sealed class D : Base;
        [PortGen.PortService("port42"), PortGen.AdditionalPort("manifest-2")] public sealed class E : Base;
        """);

    [Fact]
    public Task PG0012_a_range_of_ten() => VerifyAsync(
        """
        [PortGen.PortService("a", Port = {|PG0012:8080|}, Host = "*")] public sealed class A : Base;
        [PortGen.PortService("b", Port = 8200, Range = {|PG0012:"8200"|})] public sealed class B : Base;
        """,
        """
        [PortGen.PortService("a", Port = 8080, Range = "8080-8089", Host = "*")] public sealed class A : Base;
        [PortGen.PortService("b", Port = 8200, Range = "8200-8209")] public sealed class B : Base;
        """);

    [Fact]
    public Task A_constant_that_stands_elsewhere_is_left_alone() => VerifyAsync(
        """[PortGen.PortService("a", Port = {|PG0002:A.Preferred|})] public sealed class A : Base { private const int Preferred = 80; }""",
        """[PortGen.PortService("a", Port = {|PG0002:A.Preferred|})] public sealed class A : Base { private const int Preferred = 80; }""");

    private static Task VerifyAsync(string source, string @fixed, int offer = 0) => CodeFixTest.VerifyAsync<AttributeValueCodeFix>(source, @fixed, offer);
}
