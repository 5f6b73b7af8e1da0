using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace MailDaemon.Api;

/// <summary>
/// Lets <c>init</c> properties keep the value of their initialiser when the JSON does not name them. Source generation alone
/// gives them <c>default</c>, because it sets every init property in one object initialiser.
/// </summary>
internal static class InitialValues
{
    public static void Keep(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object
            || type.CreateObject is not null
            || type.Type.IsValueType
            || type.Type.GetConstructor(Type.EmptyTypes) is not { } constructor)
        {
            return;
        }

        type.CreateObject = () => constructor.Invoke(null);
        foreach (var property in type.Properties)
        {
            if (property.AttributeProvider is PropertyInfo { SetMethod: { IsPublic: true } set })
            {
                property.Set = SetterOf(set, type.Type, property.PropertyType);
            }
        }
    }

    // Bound once for each property; a request then calls a plain delegate.
    private static Action<object, object?> SetterOf(MethodInfo set, Type owner, Type value) =>
        (Action<object, object?>)typeof(InitialValues)
            .GetMethod(nameof(Setter), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(owner, value)
            .Invoke(null, [set])!;

    private static Action<object, object?> Setter<TOwner, TValue>(MethodInfo method)
        where TOwner : class
    {
        var set = method.CreateDelegate<Action<TOwner, TValue>>();
        return (target, value) => set((TOwner)target, (TValue)value!);
    }
}
