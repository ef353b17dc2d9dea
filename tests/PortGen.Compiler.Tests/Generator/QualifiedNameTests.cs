using Microsoft.CodeAnalysis;
using PortGen.Compiler.Parsing;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Generator;

public sealed class QualifiedNameTests
{
    [Theory]
    [InlineData("class A;")]
    [InlineData("namespace N.@class.Größe; class @event { class @int; class Generic<T> { class Inner; } }")]
    [InlineData("namespace N; class G<T, U>; class C : System.Collections.Generic.List<(int A, string B)> { System.Collections.Generic.Dictionary<string, G<int[], int?>> F; object O; }")]
    public void It_agrees_with_the_compiler_s_own_format(string source)
    {
        var compilation = Compilations.Create(source);
        var names = 0;
        foreach (var type in compilation.GetSymbolsWithName(static _ => true, SymbolFilter.Type, TestContext.Current.CancellationToken).Cast<INamedTypeSymbol>())
        {
            foreach (var t in (IEnumerable<ITypeSymbol>)[type, type.BaseType!, .. type.GetMembers().OfType<IFieldSymbol>().Select(static f => f.Type)])
            {
                Assert.Equal(t.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat), QualifiedName.Of(t));
                names++;
            }
        }

        Assert.True(names > 1);
    }
}
