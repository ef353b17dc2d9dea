using System.Reflection.Metadata;

namespace PortGen;

/// <summary>Represents types by full name, as attribute arguments spell them: <c>Namespace.Outer+Inner</c>.</summary>
internal sealed class TypeNames : ICustomAttributeTypeProvider<string>
{
    public static readonly TypeNames Instance = new();

    private const string SystemType = "System.Type";

    public static string FullName(MetadataReader metadata, TypeDefinition type)
    {
        var name = metadata.GetString(type.Name);
        if (!type.GetDeclaringType().IsNil)
        {
            return FullName(metadata, metadata.GetTypeDefinition(type.GetDeclaringType())) + "+" + name;
        }

        return type.Namespace.IsNil ? name : metadata.GetString(type.Namespace) + "." + name;
    }

    /// <summary>The full name of an attribute's class, if it is in another assembly; else <see langword="null"/>.</summary>
    public static string? OfAttribute(MetadataReader metadata, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
        {
            return null;
        }

        var parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        return parent.Kind == HandleKind.TypeReference
            ? Instance.GetTypeFromReference(metadata, (TypeReferenceHandle)parent, rawTypeKind: 0)
            : null;
    }

    /// <summary>The class of a serialized type name, as a <see cref="TypeId"/>: <c>Namespace.Type, Assembly, Version=...</c>, the assembly only if it is another one.</summary>
    public static string IdOfSerialized(string name)
    {
        var parts = name.Split([','], 3);
        return TypeId.Of(ToCSharp(parts[0]), parts.Length > 1 ? parts[1].Trim() : null);
    }

    /// <summary>A full name as generated code and exported ports spell it: <c>global::Namespace.Outer.Inner</c>.</summary>
    public static string ToCSharp(string name) => "global::" + name.Replace('+', '.');

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

    public string GetSystemType() => SystemType;

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        FullName(reader, reader.GetTypeDefinition(handle));

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeReference(handle);
        return type.Namespace.IsNil ? reader.GetString(type.Name) : reader.GetString(type.Namespace) + "." + reader.GetString(type.Name);
    }

    public string GetTypeFromSerializedName(string name) => name;

    // No PortGen attribute has an enum argument, and the values of other attributes are not decoded.
    public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;

    public bool IsSystemType(string type) => type == SystemType;
}
